package dev.cyclecast.trace;

/**
 * A mapped ELF file.
 *
 * @param name   file name without folder
 * @param base   load bias (0 for a fixed-address program)
 * @param start  lowest address of its executable mapping
 * @param end    end (exclusive) of its executable mapping
 * @param sha256 hash of the file, in hex
 */
public record Module(String name, long base, long start, long end, String sha256) {
}
