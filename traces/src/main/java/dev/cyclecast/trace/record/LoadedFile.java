package dev.cyclecast.trace.record;

/**
 * An ELF file as the recorded process has mapped it.
 *
 * @param bias what is to be added to an address as linked
 */
record LoadedFile(ElfImage elf, long bias) {
    boolean contains(long address) {
        return address >= bias + elf.codeStart() && address < bias + elf.codeEnd();
    }
}
