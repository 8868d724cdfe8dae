package io.tapstack.tcp;

import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.event.Flow;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection, with the user calls of RFC 9293 3.9.1.
 *
 * <p>All methods are called under the stack's lock. Methods that may send take the stack's time, {@code nowNanos}.
 */
public interface TcpConnection extends Flow {

    /** The state; after the move to TIME-WAIT the state of the TIME-WAIT record. */
    TcpState state();

    /** The options in use; {@link #configChanged} applies a change. */
    TcpConfig config();

    /** Payload of a full segment, in bytes: the effective send MSS (RFC 9293 3.7.1). */
    int segmentBytes();

    /** Current size of the send buffer, in bytes. */
    int sendBufferBytes();

    /** Current size of the receive buffer, in bytes of payload. */
    int receiveBufferBytes();

    /** Memory of the stack that the connection's queues hold, in bytes, counted in whole blocks. */
    int heldBytes();

    /**
     * TCP_QUICKACK: turns delayed ACKs off, and sends a delayed ACK immediately; or turns them on. The connection may
     * change the mode again.
     */
    void quickAck(boolean on, long nowNanos);

    /**
     * Tells the connection that the application waits for the handshake with data to send. The ACK of the peer's SYN
     * then goes out with this data.
     */
    void writerWaits();

    /** True in quick ACK mode, while ACKs are sent without delay (TCP_QUICKACK). */
    boolean isQuickAck();

    /** TCP_SAVED_SYN: the headers of the SYN, if the listener keeps them; empty after {@link #forgetSavedSyn()}. */
    byte[] savedSyn();

    /** Discards the headers that {@link #savedSyn()} returns. */
    void forgetSavedSyn();

    /** TCP_INFO: a snapshot of the connection. */
    TcpInfo info(long nowNanos);

    /**
     * True if the receive window may be too small for the peer's next segment. A reader must not wait for more data
     * then (SO_RCVLOWAT).
     */
    boolean isReceiveWindowClosing();

    /** Sends the data that Nagle, TCP_CORK or MSG_MORE holds back, once. */
    void flush(long nowNanos);

    /** Largest IP packet on the path to the peer, in bytes (IP_MTU). */
    int pathMtu();

    /** Applies changed options. */
    void configChanged(long nowNanos);

    /**
     * Sets the sharing of the local port while the connection uses it; the initial sharing is that of the binding or
     * listener.
     */
    void sharing(PortSharing with);

    /** Joins this connection with {@code other} of the same stack, as {@link TcpSplice#join} does. */
    TcpSplice spliceWith(TcpConnection other, Runnable whenEnded);

    /** Sets the observer of the connection's events. */
    void observer(ConnectionObserver newObserver);

    /** The error that ended the connection, or null. */
    @Nullable
    SocketError error();

    /** An error that the network reported and that did not end the connection (RFC 5461), or null. */
    @Nullable
    SocketError softError();

    /** Returns the soft error and clears it; RFC 9293 3.9.1.8, MUST-47, requires a way to report soft errors. */
    @Nullable
    SocketError takeSoftError();

    /** Number of bytes for which the send buffer has room. */
    int writableBytes();

    /**
     * True if poll(2) reports the connection as writable. It may be false while {@link #write} still takes some bytes.
     */
    boolean isWritable();

    /** Number of bytes of a mapped file that {@link #write} takes now. */
    int writableSharedBytes();

    /** Requests one call of {@link ConnectionObserver#writable()} when more can be written. */
    void wakeWriter();

    /**
     * SEND by reference: appends {@code length} bytes of {@code region}. The region is retained until the peer
     * acknowledges the bytes, and must not change. A caller respects {@link #writableBytes()}; the method does not
     * enforce it.
     *
     * @param more the rest of a message follows immediately (MSG_MORE): a segment that is not full waits for it
     * @return as {@link #append}
     */
    boolean write(Region region, int offset, int length, boolean more, long nowNanos);

    /**
     * Appends bytes as {@link #write} does but sends nothing before {@link #push}, so that several pieces share
     * segments.
     *
     * @return false if the connection takes no data: it is not established, or its output is shut down
     */
    boolean append(Region region, int offset, int length);

    /** Sends appended bytes as far as the windows allow; {@code more} as in {@link #write}. */
    void push(boolean more, long nowNanos);

    /**
     * True if the device gathers payload from its place in memory; otherwise the stack copies payload into each
     * segment.
     */
    boolean sendsByReference();

    /**
     * SEND by copying: takes up to {@code limit} bytes of {@code source}, as far as the send buffer has room.
     *
     * @return the number of bytes taken
     */
    int write(ByteBuffer source, int limit, boolean more, long nowNanos);

    /** Number of bytes that can be read now. */
    int readableBytes();

    /** Sequence numbers received in order and not read, the FIN included (TCP_INQ). */
    int unreadBytes();

    /** Number of bytes that can be read before the urgent byte, if that is read separately (FIONREAD). */
    int readableBeforeMark();

    /**
     * True at the end of the stream: the peer's FIN has arrived, or the input is shut down, and all data before it is
     * read.
     */
    boolean isInputEnded();

    /**
     * RECEIVE by reference: lends up to {@code limit} bytes.
     *
     * @return the number of bytes on loan
     */
    int borrow(ReadBatch batch, int limit);

    /** Takes {@code batch} back and removes its first {@code bytes} from the receive queue. */
    void consume(ReadBatch batch, int bytes, long nowNanos);

    /**
     * RECEIVE by copying; with {@code peek} the bytes stay in the receive queue.
     *
     * @return the number of bytes copied
     */
    int read(ByteBuffer target, boolean peek, long nowNanos);

    /** {@code sockatmark(3)}: true if the next byte to read is at the urgent mark (RFC 6093). */
    boolean isAtUrgentMark();

    /** True if an urgent byte has arrived and is not read. */
    boolean hasUrgentByte();

    /** True if an urgent byte is announced and has not arrived. */
    boolean isUrgentByteAnnounced();

    /** RECEIVE of the urgent byte (MSG_OOB), after {@link #hasUrgentByte()}; with {@code peek} it stays. */
    byte readUrgentByte(boolean peek);

    /** Marks the last of the next {@code length} bytes to be written as urgent (RFC 9293 3.9.1.2, the URGENT flag). */
    void markUrgent(int length);

    /**
     * MSG_EOR: ends a record after the next {@code length} bytes to be written; with 0, after the bytes already
     * written. No segment spans the end of a record.
     */
    void endRecord(int length);

    /** Sequence numbers in the send queue that the peer has not acknowledged, the FIN included (SIOCOUTQ). */
    int unacknowledgedBytes();

    /** Number of bytes in the send queue that were never sent (SIOCOUTQNSD). */
    int unsentBytes();

    /** Reads past the urgent mark: an urgent byte that is read separately is lost, as on Linux. */
    void passUrgentMark();

    /** CLOSE of the send direction: a FIN follows all data that was written. */
    void shutdownOutput(long nowNanos);

    /** Shuts down the receive direction: data that arrives is acknowledged and discarded. */
    void shutdownInput(long nowNanos);

    /**
     * Tells the connection that the application does not intend to read, though it still may. If the output is closed
     * too, this equals a CLOSE: data that arrives is answered with a reset (RFC 1122 4.2.2.13), as on Linux.
     */
    void inputUnwanted();

    /**
     * CLOSE by an application that releases the connection. Written data is still delivered, but unread received data
     * is answered with a reset (RFC 1122 4.2.2.13).
     */
    void close(long nowNanos);

    /** ABORT: discards all data and sends a reset. */
    void abort(long nowNanos);

    /**
     * Requests transmit timestamps for the last of the next {@code length} bytes to be written.
     *
     * @param kinds a set of Linux's {@code SOF_TIMESTAMPING_TX} flags
     */
    void stampWrite(int length, int kinds, StampObserver by);

    /** Sequence number of the next byte to be written. */
    int writeSequence();

    /** SND.UNA: sequence number of the first byte that the peer has not acknowledged. */
    int unacknowledgedSequence();

    /**
     * Arrival time of the byte that is {@code ahead} bytes behind the next one to be read; -1 for the last byte read.
     * It is known only if {@link TcpConfig#stampArrivals} was on at arrival.
     *
     * @return the stack's time, or {@link Long#MIN_VALUE} if unknown
     */
    long arrivalNanos(int ahead);
}
