package dev.cyclecast.allocator;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Takes the number of sequences that a property tries from the system property {@code cyclecast.sequences}. */
final class Sequences implements AroundPropertyHook {
    private static final int DEFAULT = 10_000;

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        context.attributes().setTries(Integer.getInteger("cyclecast.sequences", DEFAULT));
        return property.execute();
    }
}
