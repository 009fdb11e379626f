"""What judgements look like: one document for programs and the same in lines for people, from logs and from stores."""
