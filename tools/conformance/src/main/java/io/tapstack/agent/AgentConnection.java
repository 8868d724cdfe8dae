package io.tapstack.agent;

import io.tapstack.agent.Incarnation.Caller;
import io.tapstack.error.SocketError;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a suite. One thread reads requests, and so learns when the client is gone, even while a call waits;
 * the other makes the calls and writes the replies.
 */
final class AgentConnection {

    private static final Logger LOG = LoggerFactory.getLogger(AgentConnection.class);

    /** Time for a call to end after its client has closed its output. */
    private static final long LAST_CALL_MILLIS = 1_000;

    private final ConformanceAgent agent;
    private final SocketChannel channel;
    private final BlockingQueue<Work> work = new ArrayBlockingQueue<>(1);
    private final Thread reader;
    private final Thread worker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workerChanged = lock.newCondition();
    private @Nullable Incarnation incarnation;
    private @Nullable Caller caller;
    // From the hand-over of a request to the worker until its reply is written.
    private boolean busy;

    // Until the reply is complete: an interrupt in the middle of a write would close the channel.
    private boolean interruptible;
    private boolean leaving;
    private boolean workerEnded;

    /** Work for the worker: a request, the fault of one, or the end. */
    private record Work(
            @Nullable AgentRequest request, @Nullable BadRequest bad) {

        static final Work END = new Work(null, null);
    }

    /** The incarnation and caller of a call, fixed at its start. */
    private record Place(Incarnation incarnation, Caller caller) {}

    AgentConnection(final ConformanceAgent agent, final SocketChannel channel) {
        this.agent = agent;
        this.channel = channel;
        this.reader = new Thread(this::read, "agent-reader");
        this.worker = new Thread(this::work, "agent-worker");
        reader.setDaemon(true);
        worker.setDaemon(true);
    }

    void start() {
        reader.start();
        worker.start();
    }

    /** Makes further calls to {@code next}. */
    void join(final Incarnation next) {
        lock.lock();
        try {
            leave();
            incarnation = next;
            caller = next.join();
        } finally {
            lock.unlock();
        }
    }

    /** Makes no further calls. */
    void leave() {
        lock.lock();
        try {
            final Caller before = caller;
            if (before != null) {
                before.leave();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the call in progress, if there is one. */
    void interruptCall() {
        lock.lock();
        try {
            if (interruptible) {
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            LOG.debug("closing a connection of the agent", e);
        }
    }

    // ---- The reader

    private void read() {
        try {
            while (true) {
                hand(next());
            }
        } catch (final IOException e) {
            // The client is gone, or has broken off.
            awaitLastCall();
            interruptCall();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finish();
    }

    private Work next() throws IOException {
        try {
            return new Work(AgentRequest.read(channel), null);
        } catch (final BadRequest e) {
            return new Work(null, e);
        }
    }

    /** Hands work to the worker when it has finished the earlier work. */
    private void hand(final Work next) throws InterruptedException, IOException {
        lock.lockInterruptibly();
        try {
            while (busy && !workerEnded) {
                workerChanged.await();
            }
            if (workerEnded) {
                throw new IOException("the worker has ended");
            }
            busy = true;
            interruptible = true;
            work.add(next);
        } finally {
            lock.unlock();
        }
    }

    private void awaitLastCall() {
        lock.lock();
        try {
            leaving = true;
            long left = TimeUnit.MILLISECONDS.toNanos(LAST_CALL_MILLIS);
            while (interruptible && left > 0) {
                left = workerChanged.awaitNanos(left);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        try {
            hand(Work.END);
        } catch (final IOException | InterruptedException e) {
            LOG.debug("the end of a connection of the agent", e);
        }
        agent.ended(this);
    }

    // ---- The worker

    private void work() {
        try {
            while (true) {
                final Work next = work.take();
                final AgentReply reply = reply(next);
                if (reply == null) {
                    break;
                }
                reply.write(channel);
                if (next.bad() != null && next.bad().isLast()) {
                    break;
                }
                written();
            }
        } catch (final IOException e) {
            LOG.debug("a client of the agent is gone", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended();
            close();
        }
    }

    /** @return null at the end */
    private @Nullable AgentReply reply(final Work next) {
        if (next.request() != null) {
            return call(next.request());
        }
        noLongerInterruptible();
        if (next.bad() == null) {
            return null;
        }
        LOG.warn("a bad request: {}", next.bad().getMessage());
        return AgentReply.of(-next.bad().errno());
    }

    private void noLongerInterruptible() {
        lock.lock();
        try {
            interruptible = false;
            Thread.interrupted();
            workerChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void written() {
        lock.lock();
        try {
            busy = false;
            workerChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            workerEnded = true;
            workerChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private AgentReply call(final AgentRequest request) {
        final Place place = begin();
        place.caller().begin();
        try {
            return new Operations(place.incarnation(), () -> agent.reset(this)).perform(request);
        } catch (final InterruptedException e) {
            return AgentReply.of(-SocketError.EINTR.errno());
        } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
            LOG.error("op {} failed", request.op(), e);
            return AgentReply.of(-SocketError.EIO.errno());
        } finally {
            end(place.caller());
        }
    }

    private Place begin() {
        lock.lock();
        try {
            final Incarnation now = incarnation;
            final Caller us = caller;
            if (now == null || us == null) {
                throw new IllegalStateException("a connection that belongs to no incarnation");
            }
            return new Place(now, us);
        } finally {
            lock.unlock();
        }
    }

    private void end(final Caller us) {
        lock.lock();
        try {
            noLongerInterruptible();
            us.end();
            if (leaving) {
                us.leave();
            }
        } finally {
            lock.unlock();
        }
    }
}
