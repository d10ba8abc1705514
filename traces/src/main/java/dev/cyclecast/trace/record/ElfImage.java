package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.fornwall.jelf.ElfException;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/** An x86-64 ELF file on disk: its segments, and the symbols it defines. */
final class ElfImage {
    private static final int TYPE_INDIRECT_FUNCTION = 10;

    /** What a symbol names. */
    enum Kind { FUNCTION, OBJECT, THREAD_LOCAL }

    /**
     * A defined symbol.
     *
     * @param value   address as linked; of a thread-local, offset into the file's thread-local segment
     * @param section end of the section around it, as linked
     * @param global  whether other files can see it
     */
    record Symbol(String name, Kind kind, long value, long size, long section, boolean global) {
    }

    private final Path path;
    private final String sha256;
    private final long entry;
    private final List<ElfSegment> segments = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();

    ElfImage(Path path) {
        this.path = path;
        try {
            byte[] bytes = Files.readAllBytes(path);
            sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            if (bytes.length < 64 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F') {
                throw new TraceException(path + ": not an ELF program; name the program itself, not a script");
            }
            ElfFile elf = ElfFile.from(bytes);
            if (elf.e_machine != ElfFile.ARCH_X86_64 || elf.ei_class != ElfFile.CLASS_64) {
                throw new TraceException(path + ": not a 64-bit x86 program");
            }
            entry = elf.e_entry;
            for (int i = 0; i < elf.e_phnum; i++) {
                segments.add(elf.getProgramHeader(i));
            }
            ElfSymbolTableSection table = elf.getSymbolTableSection();
            if (table == null) {
                table = elf.getDynamicSymbolTableSection();
            }
            if (table != null) {
                for (ElfSymbol s : table.symbols) {
                    addSymbol(s, elf);
                }
            }
        } catch (IOException e) {
            throw new TraceException(path + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (ElfException | IndexOutOfBoundsException | IllegalArgumentException | NegativeArraySizeException
                 | NullPointerException | ClassCastException e) {
            throw new TraceException(path + ": damaged ELF file (" + e.getMessage() + ")", e);
        }
    }

    private void addSymbol(ElfSymbol s, ElfFile elf) {
        Kind kind = switch (s.getType()) {
            case ElfSymbol.STT_FUNC, TYPE_INDIRECT_FUNCTION -> Kind.FUNCTION;
            case ElfSymbol.STT_OBJECT -> Kind.OBJECT;
            case ElfSymbol.STT_TLS -> Kind.THREAD_LOCAL;
            // Hand-written code often leaves the type out; its global labels still name functions.
            case ElfSymbol.STT_NOTYPE -> s.getBinding() != ElfSymbol.BINDING_LOCAL && isCode(s.st_value)
                    ? Kind.FUNCTION : null;
            default -> null;
        };
        String name = kind == null || s.st_shndx == 0 ? null : s.getName();
        if (name != null && !name.isEmpty()) {
            int version = name.indexOf('@', 1);
            symbols.add(new Symbol(version < 0 ? name : name.substring(0, version), kind, s.st_value, s.st_size,
                    sectionEnd(elf, s.st_shndx & 0xffff), s.getBinding() != ElfSymbol.BINDING_LOCAL));
        }
    }

    private static long sectionEnd(ElfFile elf, int section) {
        return section >= (elf.e_shnum & 0xffff) ? Long.MAX_VALUE
                : elf.getSection(section).header.sh_addr + elf.getSection(section).header.sh_size;
    }

    private boolean isCode(long address) {
        for (ElfSegment s : segments) {
            if (isCode(s) && address >= s.p_vaddr && address < s.p_vaddr + s.p_filesz) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCode(ElfSegment s) {
        return s.p_type == ElfSegment.PT_LOAD && s.isExecutable();
    }

    Path path() {
        return path;
    }

    String name() {
        return path.getFileName().toString();
    }

    String sha256() {
        return sha256;
    }

    long entry() {
        return entry;
    }

    List<Symbol> symbols() {
        return symbols;
    }

    /** Address as linked of the code at an offset into the file, or -1 if there is no code there. */
    long codeAddress(long fileOffset) {
        for (ElfSegment s : segments) {
            if (isCode(s) && fileOffset >= s.p_offset && fileOffset - s.p_offset < s.p_filesz) {
                return fileOffset - s.p_offset + s.p_vaddr;
            }
        }
        return -1;
    }

    /** Lowest linked address of code. */
    long codeStart() {
        return segments.stream().filter(ElfImage::isCode).mapToLong(s -> s.p_vaddr).min().orElse(0);
    }

    /** Highest linked address of code, exclusive. */
    long codeEnd() {
        return segments.stream().filter(ElfImage::isCode).mapToLong(s -> s.p_vaddr + s.p_memsz).max().orElse(0);
    }

    /** The thread-local segment, or null. */
    ElfSegment threadLocals() {
        return segments.stream().filter(s -> s.p_type == 7).findFirst().orElse(null);
    }

    /** Linked address of a function, or -1. */
    long function(String name) {
        for (Symbol s : symbols) {
            if (s.kind == Kind.FUNCTION && s.name.equals(name)) {
                return s.value;
            }
        }
        return -1;
    }
}
