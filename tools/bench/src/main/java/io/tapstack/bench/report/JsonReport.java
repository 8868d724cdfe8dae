package io.tapstack.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Results for programs: an array of {@link Result}s. */
public final class JsonReport {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().serializeNulls().create();

    private JsonReport() {}

    /** Writes the file. */
    public static void write(final List<Finding> findings, final Path file) throws IOException {
        Files.writeString(file, text(findings));
    }

    static String text(final List<Finding> findings) {
        return GSON.toJson(findings.stream().map(Finding::result).toList()) + '\n';
    }
}
