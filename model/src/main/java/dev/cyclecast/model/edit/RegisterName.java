package dev.cyclecast.model.edit;

import dev.cyclecast.trace.Registers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A general-purpose register as named in a proposal: by its own name, or by a placeholder.
 *
 * @param placeholder what it stands for, null for a register's own name
 * @param number      register number, for own names and scratch registers
 * @param bits        8, 16, 32 or 64
 */
record RegisterName(String placeholder, int number, int bits) {
    /** The first of four register numbers that no program uses. */
    static final int SCRATCH = Registers.COUNT;
    static final int SCRATCHES = 4;
    static final String PLACEHOLDERS = "a placeholder (value, address, index, scratch0 to scratch3; with d, w or b for 32, 16 or"
            + " 8 bits)";
    private static final List<String> LEGACY = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");
    private static final Pattern NUMBERED = Pattern.compile("(r(?:8|9|1[0-5])|scratch[0-3]|value|address|index)([dwb]?)");

    /** A register by its name; null if it is none. */
    static RegisterName parse(String name) {
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            int bits = switch (numbered.group(2)) {
                case "d" -> 32;
                case "w" -> 16;
                case "b" -> 8;
                default -> 64;
            };
            String word = numbered.group(1);
            if (word.startsWith("scratch")) {
                return new RegisterName(null, SCRATCH + word.charAt(word.length() - 1) - '0', bits);
            }
            return word.startsWith("r") ? new RegisterName(null, Integer.parseInt(word.substring(1)), bits)
                    : new RegisterName(word, Registers.NONE, bits);
        }
        for (int r = 0; r < LEGACY.size(); r++) {
            String word = LEGACY.get(r);
            String low = r < 4 ? word.charAt(0) + "l" : word + "l";
            int bits = name.equals("r" + word) ? 64 : name.equals("e" + word) ? 32 : name.equals(word) ? 16
                    : name.equals(low) ? 8 : 0;
            if (bits > 0) {
                return new RegisterName(null, r, bits);
            }
        }
        return null;
    }

    /** Name of a register by its number. */
    static String of(int number) {
        return number < LEGACY.size() ? "r" + LEGACY.get(number) : number <= Registers.R15 ? "r" + number : "register " + number;
    }

    /** Whether an instruction with this register number needs a REX prefix for it; scratch registers are as {@code rcx}. */
    static boolean extended(int number) {
        return number >= Registers.R8 && number <= Registers.R15;
    }
}
