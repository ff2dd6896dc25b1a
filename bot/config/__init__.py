"""One TOML file and the environment become `Settings`."""
