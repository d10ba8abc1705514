package dev.cyclecast.trace;

/**
 * A data symbol.
 *
 * @param name    symbol name
 * @param module  index into {@link ProgramImage#modules()}
 * @param storage global, or thread-local
 * @param address load address of a global; offset from the thread pointer (negative) of a thread-local
 * @param size    size in bytes
 */
public record Variable(String name, int module, Storage storage, long address, long size) {
    /** Where a variable lives. */
    public enum Storage { GLOBAL, THREAD_LOCAL }
}
