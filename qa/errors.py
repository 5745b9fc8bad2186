"""What can go wrong in a user's world, as exceptions whose message ends with the fix.

In -> out: a sentence naming the thing and what to do -> an exception the CLI, page and API show as it is.
Does not: cover programmer mistakes (those stay ValueError and TypeError) or refusals (a refusal is an Answer).

QAError
├── SeedError           a document cannot be read, or there is none
├── SettingsError       a setting, a model or a question file has a value that cannot work
├── IndexMissing        nothing has been built yet
├── IndexIncompatible   the index was built by another version or with another model
├── IndexCorrupt        a file of the index is damaged or gone
├── BuildLocked         another process is building this index
└── StoreUnavailable    the index folder cannot be written or read (permissions, full disk)
"""


class QAError(Exception):
    """Base of all errors a user can meet; str(error) is one sentence with its fix."""


class SeedError(QAError):
    """A document cannot be indexed, or the seeds folder holds none."""


class SettingsError(QAError):
    """A setting (flag, QA_* variable, model, question file) has a value that cannot work."""


class IndexMissing(QAError):
    """No snapshot has been built in the index folder."""


class IndexIncompatible(QAError):
    """The snapshot was built by another format, model, window or analyzer."""


class IndexCorrupt(QAError):
    """A file of the snapshot is damaged, truncated or missing."""


class BuildLocked(QAError):
    """Another process is building into the same index folder."""


class StoreUnavailable(QAError):
    """The index folder cannot be read or written."""
