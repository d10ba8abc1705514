package dev.cyclecast.calibration.methods;

import dev.cyclecast.model.edit.Proposal;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A change as a proposal and as code: what a method may look at.
 *
 * @param proposal  the proposal, of which some methods ask what it removes
 * @param base      what it starts from
 * @param variant   what it became; built alike, and recorded under the same work
 * @param arguments of both programs, for so many operations
 */
public record Pair(Proposal proposal, Build base, Build variant, LongFunction<List<String>> arguments) {
}
