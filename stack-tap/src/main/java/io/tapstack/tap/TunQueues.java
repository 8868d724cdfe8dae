package io.tapstack.tap;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches to the queues of an interface, and falls back to fewer queues or features where the kernel or the interface
 * lacks them.
 */
final class TunQueues {

    private static final Logger LOG = LoggerFactory.getLogger(TunQueues.class);

    private TunQueues() {}

    /**
     * Attaches up to {@code count} times.
     *
     * @return a descriptor for each queue, at least one; all with the same features
     */
    static List<TunFile> attach(final TapConfig config, final int count) throws TapException {
        TunFile.requireValidName(config.name());
        if (!config.offload() && config.hostBatching()) {
            // The switches belong to the interface: they are set last, when all queues are there.
            final List<TunFile> batching = attach(config, count, IfTun.IFF_NAPI);
            if (HostBatching.start(batching.get(0).name())) {
                return batching;
            }
            // IFF_NAPI alone is slower than none.
            batching.forEach(TunFile::close);
        }
        return attach(config, count, 0);
    }

    private static List<TunFile> attach(final TapConfig config, final int count, final int flags) throws TapException {
        if (count > 1) {
            final List<TunFile> queues = several(config, count, flags);
            if (!queues.isEmpty()) {
                return queues;
            }
        }
        return List.of(single(config, flags));
    }

    /** @return as many queues as there can be, possibly none */
    private static List<TunFile> several(final TapConfig config, final int count, final int flags) throws TapException {
        final List<TunFile> queues = new ArrayList<>(count);
        final boolean exists = exists(config.name());
        if (exists && isInUse(config.name())) {
            // Another process could have the other queues, and the kernel would share the traffic between both.
            return queues;
        }
        try {
            final int own = exists ? 0 : IfTun.IFF_TUN_EXCL;
            queues.add(TunFile.attach(config.name(), config, flags | IfTun.IFF_MULTI_QUEUE | own));
            while (queues.size() < count) {
                queues.add(TunFile.attach(queues.get(0).name(), config, flags | IfTun.IFF_MULTI_QUEUE));
            }
        } catch (final TapException refused) {
            LOG.debug("{}: {} queues, and then: {}", config.name(), queues.size(), refused.getMessage());
        }
        return queues;
    }

    /** Attaches to an interface with one queue, or to one queue of a persistent interface that was made for several. */
    private static TunFile single(final TapConfig config, final int flags) throws TapException {
        try {
            return TunFile.attach(config.name(), config, flags);
        } catch (final TapException refused) {
            if (!exists(config.name()) || isInUse(config.name())) {
                throw refused;
            }
            try {
                return TunFile.attach(config.name(), config, flags | IfTun.IFF_MULTI_QUEUE);
            } catch (final TapException alsoRefused) {
                refused.addSuppressed(alsoRefused);
                throw refused;
            }
        }
    }

    private static boolean exists(final String name) throws TapException {
        try (HostInterface host = new HostInterface(name)) {
            return host.exists();
        }
    }

    private static boolean isInUse(final String name) throws TapException {
        try (HostInterface host = new HostInterface(name)) {
            return host.hasCarrier();
        }
    }
}
