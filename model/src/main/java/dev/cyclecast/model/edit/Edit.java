package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;

/** One change to a program, as a proposal declares it: a verb and what it selects. */
sealed interface Edit permits Remove, Coalesce, Specialise, Insert, Replace, Inline, Outline, Reorder,
        RelocateVariables, RelocateObjects {
    /**
     * Makes the edit concrete.
     *
     * @param program what to edit
     * @param sample  executed instructions from which sites are found
     * @param where   file and JSON path of the edit, for errors
     * @throws dev.cyclecast.model.ModelException if it selects nothing, or something that it cannot change
     */
    Rewrite plan(Program program, Events sample, String where);
}
