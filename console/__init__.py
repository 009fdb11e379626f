"""What people see: the command line, its forms and its wording."""
