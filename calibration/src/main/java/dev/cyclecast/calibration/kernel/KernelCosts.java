package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.CoreProfile;

/** What kernels cost on a profile, in cycles per unit. */
interface KernelCosts {
    /** Cost of a kernel by its number; may be asked by several threads. */
    double cost(int kernel, CoreProfile profile);

    /** How much work that is, in events replayed. */
    long events(int kernel);
}
