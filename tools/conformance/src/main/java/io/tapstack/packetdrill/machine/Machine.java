package io.tapstack.packetdrill.machine;

import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.packetdrill.packet.WirePacket;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A machine under test: its stack, the other end of its link, and its clock, which starts at 0 when the script does.
 * All times are in microseconds.
 *
 * <p>Confined to one thread.
 */
public interface Machine extends AutoCloseable {

    /** A system call that was started. */
    interface RunningCall {

        /** True once it has returned. */
        boolean isDone();

        /** Its result, once it is done. */
        long result();

        /** The time of its return, once it is done. */
        long endMicros();
    }

    /** The time. */
    long now();

    /** Sets the clock to 0: the script starts now. */
    void start();

    /** Lets time pass until {@code micros}; does nothing if that has passed. */
    void runUntil(long micros) throws IOException;

    /** The next packet from the stack, waiting for it until {@code untilMicros}. */
    Optional<WirePacket> receive(long untilMicros) throws IOException;

    /** A packet for the stack, from the IP header on. */
    void send(byte[] packet) throws IOException;

    /** The machine's system calls. A call that may wait is made by {@link #call} only. */
    SystemCalls systemCalls();

    /**
     * Makes a system call, and returns when it is done, or seems to wait.
     *
     * @param mayWait true if the call is expected to wait; otherwise it gets more time to return
     */
    RunningCall call(LongSupplier body, boolean mayWait) throws IOException;

    /** Waits for a call to return, at most until {@code untilMicros}. */
    void await(RunningCall call, long untilMicros) throws IOException;

    /**
     * Sets a system-wide parameter, as sysctl(8) does.
     *
     * @return false if there is no such parameter
     * @throws IOException if it cannot have this value
     */
    boolean sysctl(String name, String value) throws IOException;

    @Override
    void close();
}
