package io.tapstack.agent;

import io.tapstack.agent.AgentLink.Sent;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.socket.virtual.Party;
import io.tapstack.socket.virtual.VirtualTime;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackLock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stack in virtual time, which only the suite's calls advance. */
final class VirtualIncarnation extends Incarnation {

    private static final long START_NANOS = 1_000_000_000;

    /**
     * In real time. A suite that starts a call on one thread and waits for its packet on another expects the call to
     * come first.
     */
    private static final long HESITATION_NANOS = 5_000_000;

    private final VirtualTime time;
    private final AgentLink link;

    private VirtualIncarnation(
            final NetworkStack stack,
            final VirtualTime time,
            final AgentLink link,
            final List<Setting> settings,
            final long startMicros) {
        super(time, stack, settings, startMicros);
        this.time = time;
        this.link = link;
    }

    static VirtualIncarnation start(final StackConfig config, final List<Setting> settings, final long startMicros) {
        return start(config, settings, startMicros, HESITATION_NANOS, VirtualTime.PATIENCE_NANOS);
    }

    /** The same without the hesitation, for a caller that makes one call after the other. */
    static VirtualIncarnation start(
            final StackConfig config,
            final List<Setting> settings,
            final long startMicros,
            final long hesitationNanos,
            final long patienceNanos) {
        final VirtualTime time = new VirtualTime(START_NANOS, hesitationNanos, patienceNanos);
        final AgentLink link = new AgentLink(time::now);
        final NetworkStack stack = new NetworkStack(link, config, START_NANOS);
        time.add(stack);
        return new VirtualIncarnation(stack, time, link, settings, startMicros);
    }

    @Override
    StackLock stackLock() {
        return time;
    }

    @Override
    long nanos() {
        return time.now();
    }

    @Override
    long startNanos() {
        return START_NANOS;
    }

    @Override
    Caller join() {
        final Party party = time.join();
        return new Caller() {
            @Override
            public void begin() {
                party.begin();
            }

            @Override
            public void end() {
                party.end();
            }

            @Override
            public void leave() {
                party.leave();
            }
        };
    }

    @Override
    AgentLink link() {
        return link;
    }

    @Override
    void packetArrived() {
        time.settle();
    }

    @Override
    @Nullable
    Sent nextPacket(final AgentLink from) throws InterruptedException {
        time.run(from::hasSent, time.now() + PACKET_TIMEOUT_NANOS);
        final Sent sent = from.take();
        // If the link was full, the stack has more packets.
        time.settle();
        return sent;
    }

    @Override
    void advance(final long micros) throws InterruptedException {
        time.run(() -> false, Math.max(time.now(), nanos(lastMicros())) + micros * 1_000);
    }

    @Override
    void catchUp() throws InterruptedException {
        final long told = nanos(lastMicros());
        if (told > time.now()) {
            time.run(time::isHeld, told);
        }
    }

    @Override
    public void close() {
        calls().closeAll();
        time.lock();
        try {
            stack().close(time.now());
            link.close();
        } finally {
            time.unlock();
        }
    }
}
