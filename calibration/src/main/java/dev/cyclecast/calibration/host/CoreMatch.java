package dev.cyclecast.calibration.host;

/**
 * The core profile with which forecasts for a host are made.
 *
 * @param core   name of the profile
 * @param exact  whether the host is that core
 * @param reason why this profile; where it is not exact, that measurement and forecast are of different machines
 */
public record CoreMatch(String core, boolean exact, String reason) {
}
