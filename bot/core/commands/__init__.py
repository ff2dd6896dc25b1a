"""What a person may say: verbs, options, the parser, the event, roles and limits."""
