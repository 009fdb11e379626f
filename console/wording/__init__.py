"""What people read, in Vietnamese and English: command line, pages and reports take their phrases from here only."""
