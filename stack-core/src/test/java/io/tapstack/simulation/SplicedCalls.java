package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.error.SocketErrorException;
import io.tapstack.link.Impairment;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpSplice;
import io.tapstack.testing.Decisions;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plays one input of the fuzzer: clients and servers on the left host, and on the right one a proxy that joins each
 * accepted connection to one of its own, which may not be established yet, or to itself.
 */
final class SplicedCalls {

    private static final int PROXY_PORT = 80;
    private static final int SERVER_PORT = 8080;
    private static final int MOST_CHAINS = 4;
    private static final int MOST_STEPS = 500;
    private static final int MOST_BYTES = 150_000; // of one direction: more takes too long with a small window
    private static final int MOST_LOSSES = 60;
    private static final int STEPS_TOLD = 60;
    private static final long MILLIS = 1_000_000L;
    private static final long HOUR = 3_600_000 * MILLIS;

    private final Decisions in;
    private final SimulatedNetwork network;
    private final TcpListener proxy;
    private final TcpListener server;
    private final TcpBinding nobody;
    private final List<Chain> chains = new ArrayList<>();
    private final ArrayDeque<String> log = new ArrayDeque<>();
    private int steps;

    SplicedCalls(final Decisions in) throws SocketErrorException {
        this.in = in;
        final long delay = in.oneOf(0, 1, 20) * MILLIS;
        final Impairment oneWay = Impairment.NONE.withDelay(delay);
        final CablePlan plan =
                CablePlan.perfect(in.any(CablePlan.Ends.values())).impaired(oneWay, oneWay);
        final long memory = in.oneIn(8) ? 300_000 : BufferPool.DEFAULT_LIMIT_BYTES;
        final DecidedLink.Losses losses = new DecidedLink.Losses(MOST_LOSSES);
        this.network = new SimulatedNetwork(plan, memory, 1, null, end -> new DecidedLink(end, in, losses));
        this.proxy = listen(network.right(), PROXY_PORT);
        this.server = listen(network.left(), SERVER_PORT);
        this.nobody =
                network.left().stack().tcp().bind(new Endpoint(network.left().address(), 9), false);
    }

    private TcpListener listen(final SimulatedHost host, final int port) throws SocketErrorException {
        final Endpoint local = new Endpoint(host.address(), port);
        return host.stack().tcp().listen(host.stack().tcp().bind(local, false), MOST_CHAINS, config());
    }

    private TcpConfig config() {
        final TcpConfig config = new TcpConfig()
                .synRetries(20)
                .synAckRetries(20)
                .dataRetries(100)
                .orphanRetries(100);
        if (in.oneIn(2)) {
            return config;
        }
        return config.receiveBufferBytes(in.oneOf(1 << 20, 300, 3_000, 60_000))
                .sendBufferBytes(in.oneOf(1 << 20, 300, 3_000, 60_000))
                .noDelay(in.oneIn(2));
    }

    int steps() {
        return steps;
    }

    /** Plays the input to its end, lets all connections finish, and takes both hosts down. */
    void play() throws SocketErrorException {
        try {
            begin();
            while (!in.isUsedUp() && steps < MOST_STEPS) {
                steps++;
                step();
                settle();
            }
            say("the end");
            if (in.octet() != 1) {
                end();
            }
            network.close();
            for (final Chain chain : chains) {
                chain.close();
                assertThat(chain.ends).as("ends of a splice").isEqualTo(chain.splice == null ? 0 : 1);
            }
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError("step " + steps + " of\n  " + String.join("\n  ", log), e);
        }
    }

    private void say(final String what) {
        log.add(what);
        if (log.size() > STEPS_TOLD) {
            log.remove();
        }
    }

    // ---- Steps

    private void begin() throws SocketErrorException {
        say("a client");
        chains.add(new Chain());
        settle();
    }

    private void step() throws SocketErrorException {
        final Chain chain = chains.get(in.below(16) % chains.size());
        switch (in.below(32)) {
            case 0 -> {
                if (chains.size() < MOST_CHAINS) {
                    begin();
                }
            }
            case 1, 2, 3, 4, 5 -> write(chain.there, "there");
            case 6, 7, 8, 9 -> write(chain.back, "back");
            case 10, 11, 12, 13 -> read(chain.there, "there");
            case 14, 15, 16 -> read(chain.back, "back");
            case 17 -> shutdown(chain.there, "there");
            case 18 -> shutdown(chain.back, "back");
            case 19 -> abort(chain);
            case 20 -> endSplice(chain);
            case 21 -> buffers(chain);
            case 22, 23, 24, 25, 26 -> advance(in.oneOf(1, 0, 5, 50, 300) * MILLIS);
            case 27 -> advance(in.oneOf(1, 10, 100) * 1_000 * MILLIS);
            default -> event();
        }
    }

    private void write(final Stream stream, final String which) {
        final int length = in.oneOf(1, 100, 1_448, 10_000, 100_000);
        say("write " + length + " " + which);
        stream.write(length);
    }

    private void read(final Stream stream, final String which) {
        final int length = in.oneOf(100_000, 1, 1_448);
        say("read " + length + " " + which);
        stream.read(length);
    }

    private void shutdown(final Stream stream, final String which) {
        say("shutdown " + which);
        stream.shutdown();
    }

    private void abort(final Chain chain) {
        final boolean client = in.oneIn(2);
        final TcpConnection which = client ? chain.client : chain.server;
        say("abort " + (client ? "client" : "server"));
        if (which != null) {
            chain.broken = true;
            which.abort(network.now());
        }
    }

    private void endSplice(final Chain chain) {
        final TcpSplice splice = chain.splice;
        if (splice != null) {
            chain.broken = true;
            final boolean abort = in.oneIn(2);
            say("the splice is " + (abort ? "aborted" : "closed"));
            if (abort) {
                splice.abort(network.now());
            } else {
                splice.close(network.now());
            }
        }
    }

    private void buffers(final Chain chain) {
        final TcpConnection which = in.any(chain.client, chain.server, chain.near, chain.far);
        if (which != null) {
            say("buffers of " + which);
            which.config()
                    .receiveBufferBytes(in.oneOf(1 << 20, 300, 3_000, 60_000))
                    .sendBufferBytes(in.oneOf(1 << 20, 300, 3_000, 60_000));
            which.configChanged(network.now());
        }
    }

    // ---- Time

    /** Polls both stacks; received connections are accepted, and joined. */
    private void settle() throws SocketErrorException {
        network.poll();
        for (TcpConnection near = proxy.accept(); near != null; near = proxy.accept()) {
            chainOf(near).joinTo(near);
        }
        for (TcpConnection far = server.accept(); far != null; far = server.accept()) {
            for (final Chain chain : chains) {
                if (chain.far != null && chain.far.local().equals(far.remote())) {
                    chain.serve(far);
                }
            }
        }
        network.poll();
        chains.forEach(Chain::check);
    }

    private Chain chainOf(final TcpConnection near) {
        return chains.stream()
                .filter(chain -> chain.client.local().equals(near.remote()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("whose is " + near + "?"));
    }

    private void event() throws SocketErrorException {
        say("an event");
        if (network.moveOn(SimulatedNetwork.NEVER)) {
            settle();
        }
    }

    private void advance(final long nanos) throws SocketErrorException {
        say(nanos + " ns");
        final long until = network.now() + nanos;
        do {
            settle();
            network.moveOn(until);
        } while (network.now() - until < 0);
    }

    /** All ends read and close: a stream that was not broken arrives as a whole. */
    private void end() throws SocketErrorException {
        final long deadline = network.now() + 12 * HOUR;
        boolean more = true;
        while (more && network.now() - deadline < 0) {
            settle();
            for (final Chain chain : chains) {
                chain.there.finish();
                chain.back.finish();
                if (chain.isRead()) {
                    chain.close();
                }
            }
            network.poll();
            more = network.moveOn(SimulatedNetwork.NEVER) || proxy.pending() + server.pending() > 0;
        }
        for (final Chain chain : chains) {
            if (!chain.broken && chain.client.error() == null) {
                assertThat(chain.isRead()).as("both ends are seen: %s", chain).isTrue();
                assertThat(chain.there.read).as("there, of %s", chain).isEqualTo(chain.there.written);
                assertThat(chain.back.read).as("back, of %s", chain).isEqualTo(chain.back.written);
                assertThat(chain.splice.failure()).isNull();
            } else if (chain.splice != null) {
                // A reset that is lost leaves the other end waiting for ever.
                chain.splice.abort(network.now());
            }
            chain.close();
        }
        proxy.close(network.now());
        server.close(network.now());
        nobody.close();
        while (network.moveOn(deadline + HOUR) && network.now() - deadline - HOUR < 0) {
            network.poll();
        }
        for (final SimulatedHost host : List.of(network.left(), network.right())) {
            assertThat(host.stack().tcp().connections()).as("connections left").isEmpty();
            assertThat(host.stack().tcp().timeWaitCount()).as("records left").isZero();
        }
    }

    // ---- The connections

    /** A client's connection, the proxy's two, and the server's; or an echo: the client's, and the proxy's one. */
    private final class Chain {

        private final TcpConnection client;
        private final boolean echo = in.oneIn(4);
        private final Stream there = new Stream(chains.size() * 2);
        private final Stream back;
        private @Nullable TcpConnection near;
        private @Nullable TcpConnection far;
        private @Nullable TcpConnection server;
        private @Nullable TcpSplice splice;
        private int ends;
        private boolean broken;
        private boolean closed;

        Chain() throws SocketErrorException {
            final Endpoint to = new Endpoint(network.right().address(), PROXY_PORT);
            this.client =
                    network.left().stack().tcp().connect(null, to, config(), ConnectionObserver.NONE, network.now());
            this.there.from = client;
            this.back = echo ? there : new Stream(chains.size() * 2 + 1);
            this.back.to = client;
        }

        /** The proxy has accepted: it connects to the server, and joins before or after that has answered. */
        void joinTo(final TcpConnection accepted) throws SocketErrorException {
            near = accepted;
            if (echo) {
                far = accepted;
                join();
                return;
            }
            // Now and then to a port without a listener.
            final boolean refused = in.oneIn(8);
            broken |= refused;
            final Endpoint to = new Endpoint(network.left().address(), refused ? 9 : SERVER_PORT);
            far = network.right().stack().tcp().connect(null, to, config(), ConnectionObserver.NONE, network.now());
            join();
        }

        private void join() {
            splice = TcpSplice.join(near, far, () -> ends++);
        }

        void serve(final TcpConnection accepted) {
            server = accepted;
            there.to = accepted;
            back.from = accepted;
        }

        /** The invariants while both stacks are at rest. */
        void check() {
            assertThat(ends).as("ends of a splice").isEqualTo(splice != null && splice.isEnded() ? 1 : 0);
            if (splice != null) {
                assertThat(splice.forwardBytes()).as("bytes there").isBetween(there.read, there.written);
                assertThat(splice.backBytes()).as("bytes back").isBetween(echo ? 0 : back.read, back.written);
            }
        }

        boolean isRead() {
            return there.ended && back.ended;
        }

        void close() {
            if (!closed) {
                closed = true;
                client.close(network.now());
                if (server != null) {
                    server.close(network.now());
                }
            }
        }

        @Override
        public String toString() {
            return "client %s, near %s, far %s, server %s".formatted(client, near, far, server);
        }
    }

    /** Bytes of one direction, from end to end. */
    private final class Stream {

        private final Pattern pattern;
        private final ByteBuffer buffer = ByteBuffer.allocate(100_000);
        private @Nullable TcpConnection from;
        private @Nullable TcpConnection to;
        private long written;
        private long read;
        private boolean shutDown;
        private boolean ended;

        Stream(final long number) {
            this.pattern = new Pattern(number);
        }

        void write(final int length) {
            if (from != null
                    && !shutDown
                    && from.error() == null
                    && from.state().canSend()) {
                buffer.clear().limit((int) Math.min(length, MOST_BYTES - written));
                pattern.fill(buffer, written);
                final long before = written;
                // It has to be known before it is sent, which happens in the call.
                written += Math.min(buffer.limit(), from.writableBytes());
                assertThat(from.write(buffer, buffer.limit(), in.oneIn(8), network.now()))
                        .as("bytes taken")
                        .isEqualTo((int) (written - before));
            }
        }

        void read(final int length) {
            if (to != null && to.readableBytes() > 0) {
                buffer.clear().limit(length);
                final int count = to.read(buffer, false, network.now());
                assertThat(pattern.firstWrong(buffer, 0, count, read))
                        .as("first wrong byte")
                        .isEqualTo(-1);
                read += count;
                assertThat(read).as("bytes read").isLessThanOrEqualTo(written);
            }
            ended |= to != null && to.isInputEnded();
        }

        void shutdown() {
            if (from != null && !shutDown && from.state().canSend()) {
                shutDown = true;
                from.shutdownOutput(network.now());
            }
        }

        /** Ends the output, and reads all bytes that are left. */
        void finish() {
            shutdown();
            while (to != null && to.readableBytes() > 0) {
                read(100_000);
            }
            read(1);
        }
    }
}
