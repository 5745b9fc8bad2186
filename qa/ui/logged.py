"""What the server writes into its log of a request that could not be answered: a line, where the request was at fault.

In -> out: a record of uvicorn's log -> the same record, without a traceback where it tells of an answer and not of a fault of ours.
Does not: hide a fault: what is none of these keeps its traceback.
"""

from __future__ import annotations

import logging

LOGGER = "uvicorn.error"


class OneLine(logging.Filter):
    """Cuts the traceback of a refusal that came too late: a stream had begun when it was seen that nobody had opened it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, as one line where it tells of a refusal."""
        error = record.exc_info[1] if record.exc_info else None
        refusal = error.__cause__ if isinstance(error, RuntimeError) else None
        status = getattr(refusal, "status_code", None)
        if isinstance(status, int) and status < 500:
            record.msg, record.args = "A stream ended: %d", (status,)
            record.exc_info = record.exc_text = None
        return True


def log_refusals_in_one_line() -> None:
    """Let the server's log take a line for each of them, however often it is called."""
    logger = logging.getLogger(LOGGER)
    if not any(isinstance(each, OneLine) for each in logger.filters):
        logger.addFilter(OneLine())
