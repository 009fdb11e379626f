"""The sections of the report, one a file: each turns documents into a finding, pictures, tables and limits."""
