package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files whose code the recorded process has run so far, found in its map.
 *
 * <p>The map is that of the emulator's process, with the emulator's own libraries in it and the program's code without its
 * execute permission; so a mapping counts only when the program has run code in it.
 */
final class LoadedFiles {
    private final Map<Path, ElfImage> images = new HashMap<>();
    private final List<LoadedFile> files = new ArrayList<>();

    /** Files in the order in which their code ran first. */
    List<LoadedFile> files() {
        return files;
    }

    /** The file around an address, or null. */
    LoadedFile at(long address) {
        for (LoadedFile f : files) {
            if (f.contains(address)) {
                return f;
            }
        }
        return null;
    }

    ElfImage image(Path path) {
        return images.computeIfAbsent(path, ElfImage::new);
    }

    /** Learns of the code at an address from the process's map; returns the file if it is a new one, else null. */
    LoadedFile learn(String maps, long address) {
        for (String line : maps.split("\n")) {
            String[] fields = line.split(" +", 6);
            int dash = fields[0].indexOf('-');
            if (fields.length < 6 || dash < 0 || !fields[5].startsWith("/")) {
                continue;
            }
            long start = Long.parseUnsignedLong(fields[0].substring(0, dash), 16);
            long end = Long.parseUnsignedLong(fields[0].substring(dash + 1), 16);
            if (address >= start && address < end) {
                return learn(fields[5].trim(), address - start + Long.parseUnsignedLong(fields[2], 16), address);
            }
        }
        return null;
    }

    private LoadedFile learn(String name, long fileOffset, long address) {
        Path path;
        try {
            path = Path.of(name).toRealPath();
        } catch (IOException e) {
            throw new TraceException(name + ": was removed or replaced while it was recorded", e);
        }
        if (!Files.isRegularFile(path)) {
            return null;
        }
        ElfImage elf = image(path);
        long linked = elf.codeAddress(fileOffset);
        if (linked < 0) {
            return null;
        }
        LoadedFile file = new LoadedFile(elf, address - linked);
        for (LoadedFile f : files) {
            if (f.elf() == elf && f.bias() == file.bias()) {
                return null;
            }
        }
        files.add(file);
        return file;
    }
}
