"""The address under which a proxy shows the page to the world.

In -> out: the setting `public_url` -> its parts, as requests are compared with them.
Does not: check the setting (qa/settings.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """Such an address, in parts."""

    origin: str
    """As a browser sends it: scheme, host and port."""
    netloc: str
    path: str
    """"" or "/" and more, without a "/" at its end."""

    def below(self, path: str) -> str:
        """Return a path as it is here, whether or not the proxy has taken the prefix off."""
        if self.path and (path == self.path or path.startswith(f"{self.path}/")):
            return path[len(self.path) :] or "/"
        return path


def read_public_url(setting: str) -> PublicUrl | None:
    """Return the parts of the setting, None where it is empty."""
    if not setting:
        return None
    parts = urlsplit(setting)
    return PublicUrl(f"{parts.scheme}://{parts.netloc}", parts.netloc, parts.path)
