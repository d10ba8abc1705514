package dev.cyclecast.model.edit;

import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instruction as a proposal gives it, in Intel syntax: parsed, but its placeholders and variables not yet looked up.
 *
 * @param text     as given
 * @param locked   whether it has a {@code lock} prefix
 * @param mnemonic lower-case mnemonic as given
 * @param parts    operands in order
 */
record AssemblyLine(String text, boolean locked, String mnemonic, List<Part> parts) {
    private static final int LONGEST = 200;
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]{1,16}|0|[1-9][0-9]{0,17}", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("[A-Za-z_.$][A-Za-z0-9_.$]*");
    private static final Pattern MEMORY = Pattern.compile("(?:(byte|word|dword|qword)\\s+ptr\\s+)?(fs:)?\\s*\\[([^\\[\\]]*)]",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern TERM = Pattern.compile("([+-])([^+-]+)");

    /** One operand as written. */
    sealed interface Part {
        /** A register or a placeholder of one. */
        record Register(RegisterName name) implements Part {
        }

        /** A number. */
        record Immediate(long value) implements Part {
        }

        /**
         * A memory operand; of its registers and its variable those that it lacks are null.
         *
         * @param bytes width, 0 where it is that of the other operand
         */
        record Memory(int bytes, boolean threadLocal, boolean ripRelative, RegisterName base, RegisterName index, int scale,
                      String variable, long displacement) implements Part {
        }

        /** The target of a branch that is never taken: cold code far away, or near by. */
        record Cold(boolean near) implements Part {
        }
    }

    /**
     * Parses a line.
     *
     * @param where file and JSON path, for errors
     */
    static AssemblyLine parse(String text, String where) {
        if (text.length() > LONGEST) {
            throw new ModelException(where + ": longer than " + LONGEST + " characters, not an instruction");
        }
        String rest = text.strip();
        boolean locked = rest.toLowerCase(Locale.ROOT).startsWith("lock ");
        if (locked) {
            rest = rest.substring(5).strip();
        }
        int end = rest.indexOf(' ');
        String mnemonic = (end < 0 ? rest : rest.substring(0, end)).toLowerCase(Locale.ROOT);
        List<Part> parts = new ArrayList<>();
        if (end >= 0) {
            for (String operand : rest.substring(end).split(",", -1)) {
                parts.add(part(operand.strip(), where));
            }
        }
        Mnemonic.check(mnemonic, parts, locked, where);
        return new AssemblyLine(text, locked, mnemonic, List.copyOf(parts));
    }

    private static Part part(String operand, String where) {
        Matcher memory = MEMORY.matcher(operand);
        if (memory.matches()) {
            return memory(memory, operand, where);
        }
        String plain = operand.startsWith("-") ? operand.substring(1) : operand;
        if (NUMBER.matcher(plain).matches()) {
            return new Part.Immediate(number(operand, where));
        }
        if (operand.equals("cold") || operand.equals("short cold")) {
            return new Part.Cold(operand.startsWith("short"));
        }
        RegisterName register = RegisterName.parse(operand);
        if (register == null) {
            throw new ModelException(where + ": unknown operand '" + operand + "': give a register, " + RegisterName.PLACEHOLDERS
                    + ", a number, a memory operand in brackets, or for a branch 'cold' or 'short cold'");
        }
        return new Part.Register(register);
    }

    private static Part memory(Matcher memory, String operand, String where) {
        int bytes = memory.group(1) == null ? 0 : switch (memory.group(1).toLowerCase(Locale.ROOT)) {
            case "byte" -> 1;
            case "word" -> 2;
            case "dword" -> 4;
            default -> 8;
        };
        String inside = memory.group(3).replaceAll("\\s+", "");
        String signed = inside.startsWith("-") || inside.startsWith("+") ? inside : "+" + inside;
        Matcher term = TERM.matcher(signed);
        boolean rip = false;
        RegisterName base = null;
        RegisterName index = null;
        int scale = 0;
        String variable = null;
        long displacement = 0;
        int read = 0;
        while (term.find() && term.start() == read) {
            read = term.end();
            boolean negative = term.group(1).equals("-");
            String word = term.group(2);
            if (NUMBER.matcher(word).matches()) {
                displacement += number((negative ? "-" : "") + word, where);
                continue;
            }
            int star = word.indexOf('*');
            RegisterName register = RegisterName.parse(star < 0 ? word : word.substring(0, star));
            boolean wrong = negative || register != null && register.bits() != Long.SIZE;
            if (word.equals("rip")) {
                rip = true;
            } else if (register == null) {
                wrong |= star >= 0 || variable != null || !NAME.matcher(word).matches();
                variable = word;
            } else if (star >= 0) {
                wrong |= index != null || !word.substring(star + 1).matches("[1248]");
                index = register;
                scale = wrong ? 0 : word.charAt(star + 1) - '0';
            } else if (base == null) {
                base = register;
            } else {
                wrong |= index != null;
                index = register;
                scale = 1;
            }
            if (wrong) {
                throw new ModelException(where + ": '" + word + "' has no place in the address " + operand);
            }
        }
        if (read != signed.length() || displacement != (int) displacement || rip && (variable == null || base != null
                || index != null) || base == null && index == null && variable == null && memory.group(2) == null) {
            throw new ModelException(where + ": not an address: " + operand + "; give [register], [register + register*8 + 16],"
                    + " [rip + global variable] or fs:[thread-local variable]");
        }
        return new Part.Memory(bytes, memory.group(2) != null, rip, base, index, scale, variable, displacement);
    }

    private static long number(String text, String where) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new ModelException(where + ": not a number of 64 bits: " + text);
        }
    }

    /** The memory operand, or null. */
    Part.Memory memory() {
        for (Part part : parts) {
            if (part instanceof Part.Memory m) {
                return m;
            }
        }
        return null;
    }

    /** Whether it accesses memory, or prefetches from it, at an address that the text alone does not tell. */
    boolean needsAddress() {
        Part.Memory m = memory();
        return m != null && !mnemonic.equals("lea") && (m.base() != null || m.index() != null);
    }
}
