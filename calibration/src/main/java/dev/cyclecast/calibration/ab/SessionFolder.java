package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The folder in which a session keeps what it measured, and from what: programs, raw runs, result. */
public final class SessionFolder {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path path;
    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private SessionFolder(Path path) {
        this.path = path;
    }

    /** A new folder named after the time of day; a second one in the same second gets a number. */
    public static SessionFolder create(Path parent, Instant now) {
        try {
            Files.createDirectories(parent);
            for (int i = 1; ; i++) {
                try {
                    String name = STAMP.format(now) + (i == 1 ? "" : "-" + i);
                    return new SessionFolder(Files.createDirectory(parent.resolve(name)));
                } catch (FileAlreadyExistsException e) {
                    // Try the next number.
                }
            }
        } catch (IOException e) {
            throw new CalibrationException(parent + ": no folder can be made there (" + e.getMessage()
                    + "); make it writable", e);
        }
    }

    /** A new folder of a name that is given; what a session left there that never began is removed. */
    static SessionFolder make(Path path) {
        try {
            SessionFolder folder = new SessionFolder(Files.createDirectories(path));
            for (Path left : folder.content()) {
                Files.delete(left);
            }
            return folder;
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** The folder of an earlier session, which holds a file of that name. */
    public static SessionFolder open(Path path, String name) {
        if (!Files.isRegularFile(path.resolve(name))) {
            throw new CalibrationException(path + ": no folder of a session, it holds no " + name
                    + "; name the folder that the session told");
        }
        return new SessionFolder(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** A file inside, whether or not it exists. */
    public Path file(String name) {
        return path.resolve(name);
    }

    /** A folder inside, made if need be. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw failure(path.resolve(name), e);
        }
    }

    /** Writes a value aside as JSON, then gives it its name; returns the file's SHA-256. */
    public String write(String name, Object value) {
        Path file = file(name);
        try {
            WholeFile.write(file, json.writeValueAsBytes(value));
        } catch (IOException e) {
            throw failure(file, e);
        }
        return sha256(file);
    }

    /** Reads a value that was written as JSON. */
    public <T> T read(String name, Class<T> type) {
        try {
            T value = json.readValue(file(name).toFile(), type);
            if (value == null) {
                throw new IOException("it is empty");
            }
            return value;
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            throw new CalibrationException(file(name) + ": cannot be read (" + why.lines().findFirst().orElse("")
                    + "); it was changed by hand or is of another version", e);
        }
    }

    /** What was written earlier under a name; made and written now if there is nothing. */
    public <T> T keep(String name, Class<T> type, Supplier<T> maker) {
        if (Files.exists(file(name))) {
            return read(name, type);
        }
        T made = maker.get();
        write(name, made);
        return made;
    }

    private List<Path> content() throws IOException {
        try (Stream<Path> all = Files.list(path)) {
            return all.toList();
        }
    }

    /** Removes the folder and all that is in it, unless a file of that name is. */
    public void discardUnlessHolding(String name) {
        if (Files.exists(file(name))) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** SHA-256 of a file, in hexadecimal. */
    public static String sha256(Path file) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (IOException e) {
            throw new CalibrationException(file + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** SHA-256 of some bytes, in hexadecimal. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static CalibrationException failure(Path file, IOException e) {
        return new CalibrationException(file + ": cannot be written or removed (" + e.getMessage()
                + "); see owner, mode and free space", e);
    }
}
