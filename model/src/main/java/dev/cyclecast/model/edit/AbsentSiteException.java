package dev.cyclecast.model.edit;

import dev.cyclecast.model.ModelException;

/** An edit that names or selects what the trace does not have, as happens where the trace is of another program. */
final class AbsentSiteException extends ModelException {
    private static final long serialVersionUID = 1;

    AbsentSiteException(String message) {
        super(message);
    }
}
