package dev.cyclecast.allocator;

import java.util.Arrays;
import java.util.Locale;

/** What a line of a {@link Sequence} asks for, with the count of numbers that follow its name. */
enum Call {
    MALLOC(2), CALLOC(3), ALIGNED_ALLOC(3), POSIX_MEMALIGN(3), REALLOC(2), MALLOC_USABLE_SIZE(1), CHECK(1), FREE(1),
    FREE_AGAIN(1), FREE_AT(2), STATISTICS(0), EXIT(0);

    private final int numbers;

    Call(int numbers) {
        this.numbers = numbers;
    }

    int numbers() {
        return numbers;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Call parse(String id) {
        return Arrays.stream(values()).filter(call -> call.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown call '" + id + "'"));
    }
}
