"""What all tables of the settings share: an unknown key is an error, and what was read does not change."""

from pydantic import BaseModel, ConfigDict


class SettingsTable(BaseModel):
    """A table of the settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, protected_namespaces=())
