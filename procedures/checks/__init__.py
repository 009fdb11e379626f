"""What may be wrong with a procedure although its file has the right shape; one module a subject."""
