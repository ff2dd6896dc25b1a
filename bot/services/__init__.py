"""The sentence of the product, one verb a file: in which order things happen."""
