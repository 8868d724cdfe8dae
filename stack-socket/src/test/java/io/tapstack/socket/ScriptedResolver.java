package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A resolver that knows one name, and finds the addresses of each family after a given time. */
final class ScriptedResolver implements NameResolver {

    private final SocketLayer layer;
    private final Family ipv6;
    private final Family ipv4;

    /** The addresses of a family, and how long it takes to look them up. */
    record Family(long afterNanos, List<IpAddress> addresses) {

        static Family after(final long nanos, final String... addresses) {
            return new Family(nanos, Stream.of(addresses).map(IpAddress::parse).toList());
        }
    }

    ScriptedResolver(final SocketLayer layer, final Family ipv6, final Family ipv4) {
        this.layer = layer;
        this.ipv6 = ipv6;
        this.ipv4 = ipv4;
    }

    @Override
    public List<IpAddress> resolve(final String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public NameLookup lookUp(final String name) {
        return new Scripted(layer.nanoTime());
    }

    @Override
    public void close() {}

    private final class Scripted implements NameLookup {

        private final long start;

        Scripted(final long start) {
            this.start = start;
        }

        private boolean isKnown(final Family family) {
            return layer.nanoTime() - start >= family.afterNanos;
        }

        @Override
        public List<PollEntry> entries() {
            return List.of();
        }

        @Override
        public long deadlineNanos() {
            final long first = Math.min(ipv4.afterNanos, ipv6.afterNanos);
            final long last = Math.max(ipv4.afterNanos, ipv6.afterNanos);
            return start + (layer.nanoTime() - start < first ? first : last);
        }

        @Override
        public void advance() {}

        @Override
        public boolean isDone() {
            return isKnown(ipv6) && isKnown(ipv4);
        }

        @Override
        public Optional<List<IpAddress>> ipv6() {
            return isKnown(ipv6) ? Optional.of(ipv6.addresses) : Optional.empty();
        }

        @Override
        public Optional<List<IpAddress>> ipv4() {
            return isKnown(ipv4) ? Optional.of(ipv4.addresses) : Optional.empty();
        }

        @Override
        public ResolutionFailure failure() {
            return new ResolutionFailure("no such name", false);
        }

        @Override
        public void close() {}
    }
}
