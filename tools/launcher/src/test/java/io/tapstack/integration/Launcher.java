package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code bin/tapstack} as a process of its own, as a user starts it, with a TAP and a subnet that no other test has.
 */
final class Launcher implements AutoCloseable {

    private static final Path PROGRAM =
            Path.of("..", "..", "bin", "tapstack").toAbsolutePath().normalize();
    private static final int LIMIT_SECONDS = 30;

    private final Process process;
    private final BufferedReader out;
    private final Path errors;

    private Launcher(final List<String> arguments) throws IOException {
        // A shell that runs the tests in the background may ignore SIGINT, which would be inherited.
        final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", PROGRAM.toString()));
        command.addAll(arguments);
        this.errors = Files.createTempFile("tapstack-it", ".err");
        this.process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        this.out = process.inputReader(StandardCharsets.UTF_8);
        process.getOutputStream().close();
    }

    static Launcher start(final String... arguments) throws IOException {
        return new Launcher(List.of(arguments));
    }

    /** Starts a server and waits for its first line on stdout, which says that it is ready. */
    static Launcher serve(final Place place, final Path directory, final String... more) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of("serve", directory.toString()));
        arguments.addAll(place.options());
        arguments.addAll(List.of(more));
        final Launcher launcher = new Launcher(arguments);
        final String line = launcher.line();
        assertThat(line).as(launcher::errors).isEqualTo("ready: http://" + place.ip() + ":80/");
        return launcher;
    }

    /** A line of stdout, or null if it has ended. */
    String line() throws IOException {
        return out.readLine();
    }

    long pid() {
        return process.pid();
    }

    /** The stderr so far. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (final IOException e) {
            return e.toString();
        }
    }

    /** kill(1). */
    void signal(final String name) throws IOException, InterruptedException {
        HostPrograms.run("kill", "-" + name, String.valueOf(process.pid()));
    }

    /** Waits for the end. */
    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                .as("ends by itself; stderr so far:%n%s", errors())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        out.close();
        Files.deleteIfExists(errors);
    }

    /**
     * A TAP and its subnet.
     *
     * @param number from 0 to 254, one for each test class
     */
    record Place(int number) {

        String tap() {
            return "its" + number;
        }

        String ip() {
            return "10.78." + number + ".2";
        }

        InetAddress address() throws IOException {
            return InetAddress.getByName(ip());
        }

        String hostIp() {
            return "10.78." + number + ".1";
        }

        List<String> options() {
            return List.of("--tap", tap(), "--address", ip() + "/24", "--host-address", hostIp() + "/24");
        }
    }
}
