package dev.cyclecast.trace;

/**
 * A function symbol.
 *
 * @param name    symbol name, without version
 * @param module  index into {@link ProgramImage#modules()}
 * @param address load address
 * @param size    size in bytes; 0 where the symbol table does not say
 */
public record Function(String name, int module, long address, long size) {
}
