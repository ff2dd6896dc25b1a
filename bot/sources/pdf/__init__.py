"""A PDF is read: letters, lines, headings, tables, and what nobody sees."""
