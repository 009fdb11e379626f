"""One room for each part of a dossier's life in which somebody may ask and the rules may say no."""
