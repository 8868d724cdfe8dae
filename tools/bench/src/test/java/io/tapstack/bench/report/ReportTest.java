package io.tapstack.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Result;
import io.tapstack.bench.measure.Target;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Finding FAST = new Finding(
            Comparison.of("bulk", Metric.RATE, "ours", "kernel", Target.atLeast(2)),
            new Result("bulk", "Gbit/s", 42.25, 40, 43, "kernel", 20.0, 2.1125, 5));
    private static final Finding DEAR = new Finding(
            Comparison.of("bulk, CPU", Metric.CPU, "ours", "kernel", Target.atMost(0.5)),
            new Result("bulk, CPU", "CPU s/GB", 0.4, 0.3, 0.5, "kernel", 0.5, 0.8, 5));
    private static final Finding ALONE = new Finding(
            Comparison.alone("memory", Metric.MEBIBYTES, "ours", Target.valueAtMost(256)),
            new Result("memory", "MiB", 123.4, 123, 124, null, null, null, 5));
    private static final List<Finding> ALL = List.of(FAST, DEAR, ALONE);

    @TempDir
    private Path directory;

    @Test
    void jsonIsAnArrayOfObjectsWithTheseNames() {
        final JsonArray array = JsonParser.parseString(JsonReport.text(ALL)).getAsJsonArray();
        assertThat(array).hasSize(3);
        for (int i = 0; i < array.size(); i++) {
            assertThat(array.get(i).getAsJsonObject().keySet())
                    .containsExactly(
                            "workload", "unit", "value", "min", "max", "reference", "referenceValue", "ratio", "runs");
        }
        final JsonObject first = array.get(0).getAsJsonObject();
        assertThat(first.get("workload").getAsString()).isEqualTo("bulk");
        assertThat(first.get("value").getAsDouble()).isEqualTo(42.25);
        assertThat(first.get("referenceValue").getAsDouble()).isEqualTo(20);
        assertThat(first.get("ratio").getAsDouble()).isEqualTo(2.1125);
        assertThat(first.get("runs").getAsInt()).isEqualTo(5);
        assertThat(array.get(2).getAsJsonObject().get("reference").isJsonNull()).isTrue();
        assertThat(array.get(2).getAsJsonObject().get("ratio").isJsonNull()).isTrue();
    }

    @Test
    void tableSaysWhatIsReached() {
        final StringWriter text = new StringWriter();
        final Table table = new Table(ALL.stream().map(Finding::comparison).toList(), new PrintWriter(text));
        assertThat(text.toString()).as("the head, before any result").hasLineCount(1);
        ALL.forEach(table::add);
        final List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1))
                .matches("bulk +Gbit/s +more +42\\.3 +40\\.0 +43\\.0 +kernel +20\\.0 +2\\.11 x +>= 2\\.0 x +✔");
        assertThat(lines.get(2)).matches("bulk, CPU +CPU s/GB +less .* 0\\.80 x +<= 0\\.5 x +✘");
        assertThat(lines.get(1).indexOf(">= 2.0"))
                .as("aligned")
                .isEqualTo(lines.get(2).indexOf("<= 0.5"));
        assertThat(lines.get(3)).matches("memory +MiB +less +123 +123 +124 +<= 256 +✔");
    }

    @Test
    void chartIsAPicture() throws IOException {
        final File file = directory.resolve("chart.png").toFile();
        Chart.write(ALL, List.of("a machine", "runs"), file);
        final BufferedImage picture = ImageIO.read(file);
        assertThat(picture.getWidth()).isGreaterThan(1000);
        assertThat(picture.getHeight()).isGreaterThan(200);
    }

    @Test
    void barsSayInWordsWhatTheirColourSays() {
        final Finding far = new Finding(
                Comparison.of("ping", Metric.MICROSECONDS, "ours", "kernel", Target.atMost(3)),
                new Result("ping", "us", 69, 60, 70, "kernel", 10.0, 6.9, 5));
        assertThat(Chart.label(FAST)).isEqualTo("reached");
        assertThat(Chart.label(DEAR)).isEqualTo("missed");
        assertThat(Chart.label(far)).isEqualTo(">> 6.90  missed");
    }

    @Test
    void chartOfNothingThatCompares() throws IOException {
        final File file = directory.resolve("chart.png").toFile();
        Chart.write(List.of(ALONE), List.of("a machine"), file);
        assertThat(file).isNotEmpty();
    }
}
