"""Who is answered about what: remarks, transcripts, questions."""
