package dev.cyclecast.cli;

/** A colour or weight of text on a terminal. */
enum Colour {
    PLAIN(""), BOLD("1"), FAINT("2"), GOOD("32"), BAD("31"), DOUBT("33"), HOT("1;31");

    /** Ends every colour. */
    static final String END = "\u001b[0m";

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    /** That of a verdict. */
    static Colour ofVerdict(String verdict) {
        return switch (verdict) {
            case "GO" -> GOOD;
            case "NO-GO" -> BAD;
            case "UNDECIDED" -> DOUBT;
            default -> PLAIN;
        };
    }

    /** The escape sequence that starts it. */
    String start() {
        return "\u001b[" + code + "m";
    }
}
