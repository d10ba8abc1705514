package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests of edits share: proposals written in line, and all events of a trace. */
final class Proposals {
    private Proposals() {
    }

    /** The proposal that a file {@code x.json} of this text holds. */
    static Proposal load(String json) {
        try {
            Path folder = Files.createTempDirectory("proposal");
            Path file = folder.resolve("x.json");
            try {
                Files.writeString(file, json);
                return Proposal.load(file.toString());
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A proposal of the edits given; single quotes stand for double ones. */
    static Proposal proposal(String edits) {
        return load("{\"id\": \"X\", \"title\": \"x\", \"edits\": [" + edits.replace('\'', '"') + "]}");
    }

    /** Every event of a trace. */
    static Events events(TraceSource trace) {
        Events all = new Events(1 << 12);
        EventBatch batch = new EventBatch(1000);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                for (int e = 0; e < batch.size; e++) {
                    all.add(batch.instruction[e], batch.address0[e], batch.address1[e], batch.value[e]);
                }
            }
        }
        return all;
    }
}
