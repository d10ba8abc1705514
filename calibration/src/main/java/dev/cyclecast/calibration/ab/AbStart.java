package dev.cyclecast.calibration.ab;

/**
 * The beginning of a session, as it is written to disk for one that resumes it.
 *
 * @param request    what is compared, and how
 * @param startedAt  when, in ISO form
 * @param operations operations of each run; 1 where programs do a fixed work
 * @param runSeconds how long one run takes
 * @param hashes     SHA-256 of the two programs
 */
record AbStart(AbRequest request, String startedAt, long operations, double runSeconds, Subject.Hashes hashes) {
    AbStart withBudget(double seconds) {
        return new AbStart(request.withBudget(seconds), startedAt, operations, runSeconds, hashes);
    }
}
