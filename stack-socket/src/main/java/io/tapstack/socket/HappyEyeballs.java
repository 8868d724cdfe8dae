package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a name by RFC 8305: looks up both families at once, tries their addresses in turns, the next one when an
 * attempt has failed or taken 250 ms, and keeps the first connection. Any thread may call.
 */
public final class HappyEyeballs {

    /** Failures in the message of an exception; the others are suppressed exceptions of it. */
    private static final int MAX_REASONS = 8;

    private final SocketLayer layer;
    private final NameResolver resolver;
    private final UnaryOperator<List<IpAddress>> order;

    /** Connects by the sockets of {@code layer}, which are those of {@code resolver}, too. */
    public HappyEyeballs(final SocketLayer layer, final NameResolver resolver) {
        this(layer, resolver, new AddressOrder(layer)::sort);
    }

    HappyEyeballs(final SocketLayer layer, final NameResolver resolver, final UnaryOperator<List<IpAddress>> order) {
        this.layer = layer;
        this.resolver = resolver;
        this.order = order;
    }

    /**
     * Connects.
     *
     * @param host a name, or an address in numbers
     * @param timeout for the look-up and all attempts; zero for as long as they take
     * @throws ResolutionFailure if the name has no address
     * @throws ConnectException if no address can be connected to; the message has all reasons, and each of them is a
     *     suppressed exception
     * @throws SocketTimeoutException if the time is over; its suppressed exceptions are those of the attempts so far
     * @throws ClosedByInterruptException if the thread is interrupted
     */
    public TapSocket connect(final String host, final int port, final Duration timeout) throws IOException {
        final long deadline = timeout.isZero() ? Long.MAX_VALUE : layer.nanoTime() + timeout.toNanos();
        final Optional<IpAddress> literal = literal(host);
        try (NameLookup lookup = literal.isPresent() ? new Known(literal.get()) : resolver.lookUp(host);
                Run run = new Run(host, port, lookup)) {
            return run.connect(deadline);
        }
    }

    private static Optional<IpAddress> literal(final String host) {
        try {
            return Optional.of(IpAddress.parse(host));
        } catch (final IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The one address that a program has given. */
    private record Known(IpAddress address) implements NameLookup {

        @Override
        public List<PollEntry> entries() {
            return List.of();
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void advance() {}

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public Optional<List<IpAddress>> ipv6() {
            return Optional.of(address.isIpv4() ? List.of() : List.of(address));
        }

        @Override
        public Optional<List<IpAddress>> ipv4() {
            return Optional.of(address.isIpv4() ? List.of(address) : List.of());
        }

        @Override
        public ResolutionFailure failure() {
            return new ResolutionFailure(address + " is an address", false);
        }

        @Override
        public void close() {}
    }

    /** A connection that is being made. */
    private static final class Attempt {

        final StreamSocket socket;
        final Endpoint remote;
        final PollEntry entry;

        Attempt(final StreamSocket socket, final Endpoint remote) {
            this.socket = socket;
            this.remote = remote;
            this.entry = new PollEntry(socket, PollEvents.POLLOUT);
        }
    }

    /** One call. */
    private final class Run implements AutoCloseable {

        private final String host;
        private final int port;
        private final NameLookup lookup;
        private final ConnectionRace race = new ConnectionRace(order);
        private final List<Attempt> attempts = new ArrayList<>();
        private final List<IOException> failures = new ArrayList<>();

        Run(final String host, final int port, final NameLookup lookup) {
            this.host = host;
            this.port = port;
            this.lookup = lookup;
        }

        TapSocket connect(final long deadline) throws IOException {
            while (true) {
                if (!lookup.isDone()) {
                    lookup.advance();
                }
                final long now = layer.nanoTime();
                race.resolved(lookup.ipv6(), lookup.ipv4(), now);
                final StreamSocket connected = advance(now);
                if (connected != null) {
                    connected.nonBlocking(false);
                    return new TapSocket(connected);
                }
                if (race.isLost()) {
                    throw lost();
                }
                if (now >= deadline) {
                    throw withFailures(new SocketTimeoutException(
                            target() + ": " + (lookup.isDone() ? "connect" : "look-up") + " timed out" + reasons()));
                }
                await(Math.min(deadline, lookup.isDone() ? Long.MAX_VALUE : lookup.deadlineNanos()));
            }
        }

        /** Looks at the attempts, and begins another one if it is time; the socket that is connected, or null. */
        private @Nullable StreamSocket advance(final long now) {
            for (final Attempt attempt : List.copyOf(attempts)) {
                if (isConnected(attempt)) {
                    return attempt.socket;
                }
            }
            for (IpAddress next = race.next(now); next != null; next = race.next(now)) {
                final Attempt attempt = new Attempt(layer.stream(AddressFamily.of(next)), new Endpoint(next, port));
                attempt.socket.nonBlocking(true);
                attempts.add(attempt);
                if (isConnected(attempt)) {
                    return attempt.socket;
                }
            }
            return null;
        }

        private boolean isConnected(final Attempt attempt) {
            final int result = attempt.socket.connect(attempt.remote);
            if (result == 0) {
                attempts.remove(attempt);
                return true;
            }
            if (!Errno.is(result, SocketError.EINPROGRESS) && !Errno.is(result, SocketError.EALREADY)) {
                failures.add(named(attempt.remote, SocketFailure.of(result, attempt.socket)));
                attempts.remove(attempt);
                attempt.socket.close();
                race.failed(attempt.remote.address());
            }
            return false;
        }

        private static IOException named(final Endpoint remote, final IOException why) {
            final IOException named = new ConnectException(remote + ": " + why.getMessage());
            named.initCause(why);
            return named;
        }

        private void await(final long deadline) throws IOException {
            final List<PollEntry> entries = new ArrayList<>();
            if (!lookup.isDone()) {
                entries.addAll(lookup.entries());
            }
            for (final Attempt attempt : attempts) {
                entries.add(attempt.entry);
            }
            if (layer.pollUntil(entries, Math.min(deadline, race.deadline())) < 0) {
                throw new ClosedByInterruptException();
            }
        }

        private IOException lost() {
            return failures.isEmpty()
                    ? lookup.failure()
                    : withFailures(new ConnectException("cannot connect to " + target() + reasons()));
        }

        private String target() {
            return host + " port " + port;
        }

        private String reasons() {
            final StringBuilder reasons = new StringBuilder();
            for (int i = 0; i < failures.size() && i < MAX_REASONS; i++) {
                reasons.append(i == 0 ? ": " : "; ").append(failures.get(i).getMessage());
            }
            final int more = failures.size() - MAX_REASONS;
            return more > 0 ? reasons + "; and " + more + " more" : reasons.toString();
        }

        private <E extends IOException> E withFailures(final E failure) {
            failures.forEach(failure::addSuppressed);
            return failure;
        }

        /** Ends the attempts that have not won. */
        @Override
        public void close() {
            for (final Attempt attempt : attempts) {
                attempt.socket.close();
            }
        }
    }
}
