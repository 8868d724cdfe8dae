package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs of the host replace a file by another version, and curl gets it, however alike the two look. */
@Timeout(60)
class FileVersionsIT {

    private static final String OLD_DATE = "2024-05-06 07:08:09";
    private static final int REQUESTS = 100;

    @TempDir
    private Path directory;

    /**
     * Each has the size and the modification time of the first, and those written by {@code cp} and {@code dd} have its
     * inode too.
     */
    @Test
    void alikeInSizeAndTime() throws Exception {
        final Path file = directory.resolve("file");
        try (TestNetwork network = TestNetwork.open()) {
            network.serve(directory, ServerConfig.standard().withAccessLog(false));
            make("first!", "file");
            assertServed(network, "first!");
            for (final String replacement : new String[] {
                "cp -p next file",
                "mv next file",
                "dd if=next of=file conv=notrunc status=none; touch -r next file",
                "ln -f next file",
                "ln -sf next file",
                "rm file; cp -p next file",
                "tar -cf t next; rm next; tar -xf t --transform s/next/file/ --overwrite"
            }) {
                final String version = "v" + Math.floorMod(replacement.hashCode(), 90_000);
                make(String.format("%-6.6s", version).replace(' ', '.'), "next");
                HostPrograms.script("cd " + directory + "; " + replacement);
                assertServed(network, Files.readString(file));
                HostPrograms.script(
                        "cd " + directory + "; cp --remove-destination -p \"$(readlink -f file)\" t && mv t file");
            }
        }
    }

    private void make(final String content, final String name) throws Exception {
        HostPrograms.script(
                "cd " + directory + "; printf %s '" + content + "' >" + name + "; touch -d '" + OLD_DATE + "' " + name);
    }

    private static void assertServed(final TestNetwork network, final String content) throws Exception {
        final String all = HostPrograms.run("curl", "-sS", "--fail", network.url("file?[1-" + REQUESTS + "]"));
        assertThat(all).isEqualTo(content.repeat(REQUESTS));
    }

    /** An interrupted download is not joined to the rest of another version. */
    @Test
    void aDownloadThatIsContinued() throws Exception {
        try (TestNetwork network = TestNetwork.open()) {
            network.serve(directory, ServerConfig.standard());
            make("first!", "file");
            final String url = network.url("file");
            final String tag = HostPrograms.script("curl -sSI " + url + " | sed -n 's/^ETag: \\(.*\\)\\r$/\\1/p'")
                    .strip();
            final String date = HostPrograms.script(
                            "curl -sSI " + url + " | sed -n 's/^Last-Modified: \\(.*\\)\\r$/\\1/p'")
                    .strip();
            for (final String validator : new String[] {tag, date}) {
                assertThat(HostPrograms.run("curl", "-sS", "-r", "3-", "-H", "If-Range: " + validator, url))
                        .isEqualTo("st!");
            }
            make("SECOND", "next");
            HostPrograms.script("cd " + directory + "; cp -p next file");
            for (final String validator : new String[] {tag, date}) {
                assertThat(HostPrograms.run("curl", "-sS", "-r", "3-", "-H", "If-Range: " + validator, url))
                        .as(validator)
                        .isEqualTo("SECOND");
            }
        }
    }
}
