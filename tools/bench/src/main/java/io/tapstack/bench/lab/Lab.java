package io.tapstack.bench.lab;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Two network namespaces and the processes in them. This process lives in the first, a private one, with the host's end
 * of every TAP and one end of a veth pair; an idle process holds the second, with the other end. Load always comes from
 * the first, so that the far end of a connection is the same program on the same kernel sockets, whether Tapstack or
 * the kernel serves.
 *
 * <pre>
 *   first namespace:   load (kernel sockets) --- bench1 (TAP) --- Tapstack server
 *                                            --- ref0 (veth) ---+
 *   second namespace:                            ref1 (veth) ---+ kernel server
 * </pre>
 *
 * Nothing outlives {@link #close()} or this process. For one thread, which has to live as long as the lab.
 */
public final class Lab implements AutoCloseable {

    /** The kernel server's address, in the second namespace. */
    public static final String REFERENCE_ADDRESS = "10.98.0.2";

    /** The first namespace's address on the path to it. */
    public static final String REFERENCE_HOST = "10.98.0.1";

    private static final String CUBIC_ADDRESS = "10.98.255.2";
    private static final String CUBIC_HOST = "10.98.255.1";
    private static final String MAIN = "io.tapstack.cli.Main";
    private static final String LOAD = "io.tapstack.bench.part.Load";
    private static final int FIRST_PORT = 7000;
    private static final int HOST_PREFIX_LENGTH = 32;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int NATIVE_ACCESS_SINCE = 22;
    private static final Duration START = Duration.ofSeconds(30);

    private final Scale scale;
    private final Path directory;
    private final Path file;
    private final Deque<Child> children = new ArrayDeque<>();
    private final Map<List<String>, LoadProcess> loads = new HashMap<>();
    private final Child holder;
    private int links;
    private int ports;
    private int logs;
    private boolean closed;

    private Lab(final Scale scale, final Path directory) throws IOException, InterruptedException {
        this.scale = scale;
        this.directory = directory;
        this.file = directory.resolve("file");
        try {
            this.holder = start("second namespace", List.of("unshare", "--net", "cat"));
            holder.send("ready");
            holder.line(START);
            connect();
            makeFile();
        } catch (final IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Sets up the second namespace, and a file of random bytes in the page cache.
     *
     * @throws BenchFailure if the machine does not allow it, with the reason
     */
    public static Lab open(final Scale scale) throws IOException, InterruptedException {
        return new Lab(scale, Files.createTempDirectory("tapstack-bench"));
    }

    private void connect() throws BenchFailure, InterruptedException {
        run("ip link add ref0 type veth peer name ref1");
        moveToSecond("ref1");
        run("ip addr add " + REFERENCE_HOST + "/24 dev ref0");
        run("ip addr add " + CUBIC_HOST + "/24 dev ref0");
        run("ip link set ref0 up");
        run(cubicRoute("ref0", CUBIC_HOST));
        for (final String command : List.of(
                "ip link set lo up",
                "ip addr add " + REFERENCE_ADDRESS + "/24 dev ref1",
                "ip addr add " + CUBIC_ADDRESS + "/24 dev ref1",
                "ip link set ref1 up",
                cubicRoute("ref1", CUBIC_ADDRESS))) {
            runInSecond(command);
        }
    }

    private static String cubicRoute(final String device, final String address) {
        return KernelCongestionControl.route("cubic", device, address);
    }

    /**
     * Runs a command in the first namespace.
     *
     * @param command without blanks in its arguments
     * @throws BenchFailure if it fails
     */
    public void run(final String command) throws BenchFailure, InterruptedException {
        run(List.of(command.split(" ")));
    }

    /** Runs a command in the second namespace; as {@link #run(String)}. */
    public void runInSecond(final String command) throws BenchFailure, InterruptedException {
        run(String.join(" ", inSecond()) + ' ' + command);
    }

    /** Runs a command in the first namespace. */
    public void run(final List<String> command) throws BenchFailure, InterruptedException {
        try (Child child = start(String.join(" ", command), command)) {
            child.finish(START);
        }
    }

    /** Moves a network device from the first namespace to the second, where it is down and without an address. */
    public void moveToSecond(final String device) throws BenchFailure, InterruptedException {
        run("ip link set " + device + " netns " + holder.pid());
    }

    private List<String> inSecond() {
        return List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net");
    }

    /**
     * Random, so that a byte out of place shows; written back to disk now, so that this does not happen during a run.
     */
    private void makeFile() throws IOException {
        final SplittableRandom random = new SplittableRandom(scale.fileBytes());
        final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long left = scale.fileBytes(); left > 0; left -= block.limit()) {
                block.clear();
                while (block.hasRemaining()) {
                    block.putLong(random.nextLong());
                }
                block.flip().limit((int) Math.min(block.capacity(), left));
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            }
            channel.force(true);
        } catch (final IOException e) {
            throw new BenchFailure(
                    "cannot write " + scale.fileBytes() + " bytes to " + file + ": " + e.getMessage(), e);
        }
    }

    /** The amount to measure. */
    public Scale scale() {
        return scale;
    }

    /** A file of {@link Scale#fileBytes()} random bytes, in the page cache. */
    public Path file() {
        return file;
    }

    /** A directory for files of a workload, which is removed with the lab. */
    public Path directory() {
        return directory;
    }

    /** A TAP name and a subnet that no other link has. */
    public Link newLink() {
        links++;
        return Link.number(links);
    }

    /** A port that no other server has. */
    public int newPort() {
        ports++;
        return FIRST_PORT + ports;
    }

    /** Starts a program in the first namespace, where the TAPs and the load are. It ends with the lab at the latest. */
    public Child start(final String name, final List<String> command) throws BenchFailure {
        synchronized (children) {
            if (closed) {
                throw new BenchFailure("the lab is closed");
            }
            logs++;
            final Child child = Child.start(name, command, directory.resolve("err" + logs));
            children.push(child);
            return child;
        }
    }

    /** Starts a program in the second namespace, at {@link #REFERENCE_ADDRESS}. It ends with the lab at the latest. */
    public Child startInSecond(final String name, final List<String> command) throws BenchFailure {
        final List<String> entered = new ArrayList<>(inSecond());
        entered.addAll(command);
        return start(name, entered);
    }

    /** The command for a JVM of the same kind and with the same flags as this one. */
    public static List<String> jvm(final List<String> moreFlags, final String mainClass, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(moreFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /** The command for {@code tapstack} itself in a JVM of its own. */
    public static List<String> tapstack(final List<String> arguments) {
        return jvm(List.of(), MAIN, arguments);
    }

    /** Starts a server of raw transfers, {@code tapstack bench-server}, and waits until it is ready. */
    public Server serve(final ServerSpec spec) throws BenchFailure, InterruptedException {
        if (spec.onKernel()) {
            return serveInSecond(spec, spec.cubic() ? CUBIC_ADDRESS : REFERENCE_ADDRESS);
        }
        return serve(spec, newLink());
    }

    /** The same on Tapstack, over a certain link. */
    public Server serve(final ServerSpec spec, final Link link) throws BenchFailure, InterruptedException {
        final Server server = serve(spec, List.of(), link.options(), link.address());
        if (spec.cubic()) {
            run(cubicRoute(link.tap(), link.hostAddress()));
        }
        return server;
    }

    /** The same on the kernel's TCP in the second namespace, at one of its addresses. */
    public Server serveInSecond(final ServerSpec spec, final String address) throws BenchFailure, InterruptedException {
        return serve(spec, inSecond(), List.of("--network", "kernel", "--bind", address), address);
    }

    private Server serve(
            final ServerSpec spec, final List<String> where, final List<String> network, final String address)
            throws BenchFailure, InterruptedException {
        final int port = newPort();
        final List<String> arguments = new ArrayList<>(List.of("bench-server", "--file", file.toString()));
        arguments.addAll(network);
        arguments.addAll(List.of("--port", String.valueOf(port)));
        arguments.addAll(spec.options());
        final List<String> command = new ArrayList<>(where);
        command.addAll(spec.prefix());
        command.addAll(tapstack(arguments));
        final Child process = start(spec.name(), command);
        final String line = process.line(START);
        if (!line.startsWith("ready")) {
            throw new BenchFailure(spec.name() + " says: " + line);
        }
        return new Server(process, address, port);
    }

    /**
     * Makes the first namespace forward between the second one and a link's subnet.
     *
     * @param cubic true if senders of the second one use CUBIC on this path
     */
    public void forwardTo(final Link link, final boolean cubic) throws IOException, InterruptedException {
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1"); // of this process's namespace
        runInSecond("ip route replace " + link.address() + '/' + HOST_PREFIX_LENGTH + " via " + REFERENCE_HOST
                + (cubic ? " congctl cubic" : ""));
    }

    /** The process that puts load on servers, the same one for all callers with the same prefix. */
    public LoadProcess load(final String... prefix) throws BenchFailure {
        final List<String> key = List.of(prefix);
        final LoadProcess known = loads.get(key);
        if (known != null) {
            return known;
        }
        final List<String> command = new ArrayList<>(key);
        command.addAll(jvm(List.of(), LOAD, List.of(file.toString())));
        final LoadProcess made = new LoadProcess(start("load", command));
        loads.put(key, made);
        return made;
    }

    /** True if the lab is closed, perhaps by another thread during a measurement. Any thread. */
    public boolean isClosed() {
        synchronized (children) {
            return closed;
        }
    }

    /** Ends all processes, and with them the namespaces. Any thread, any number of times. */
    @Override
    public void close() {
        synchronized (children) {
            closed = true;
            children.forEach(Child::close);
            children.clear();
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (final IOException e) {
            // Already gone: another thread has closed the lab.
        }
    }
}
