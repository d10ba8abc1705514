package dev.cyclecast.calibration;

/**
 * A measurement cannot be made or must not be trusted; the message is one line that names what, where and the remedy.
 */
public final class CalibrationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a one-line message for the user. */
    public CalibrationException(String message) {
        super(message);
    }

    /** With a one-line message for the user, and what lies behind it. */
    public CalibrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
