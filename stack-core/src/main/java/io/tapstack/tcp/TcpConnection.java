package io.tapstack.tcp;

import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.event.Flow;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the user calls of RFC 9293 3.9.1.
 *
 * <p>All calls are made under the stack's lock. Calls that may send take the stack's time.
 */
public interface TcpConnection extends Flow {

    /** The state; in TIME-WAIT that of the record that has taken this connection's place. */
    TcpState state();

    /** The live options of this connection; after a change call {@link #configChanged}. */
    TcpConfig config();

    /** Payload of a full segment, in bytes: the effective send MSS (RFC 9293 3.7.1). */
    int segmentBytes();

    /** The size of the send buffer now, in bytes. */
    int sendBufferBytes();

    /** The size of the receive buffer now, in bytes of payload. */
    int receiveBufferBytes();

    /** Memory of the stack that the connection's queues hold, in bytes: whole blocks, whatever lies in them. */
    int heldBytes();

    /**
     * TCP_QUICKACK: acknowledges without delay from now on, beginning with what waits for an ACK; or delays. Either way
     * until the connection itself has a reason for the other.
     */
    void quickAck(boolean on, long nowNanos);

    /** Somebody waits for the handshake with bytes to send, so that the ACK of the peer's SYN can go with them. */
    void writerWaits();

    /** Whether ACKs are sent without delay as far as quick ACKs go (TCP_QUICKACK). */
    boolean isQuickAck();

    /**
     * TCP_SAVED_SYN: the headers of the SYN that began the connection, if its listener keeps them and nobody has taken
     * them; else nothing.
     */
    byte[] savedSyn();

    /** What {@link #savedSyn()} has told is forgotten. */
    void forgetSavedSyn();

    /** TCP_INFO. */
    TcpInfo info(long nowNanos);

    /**
     * True if the peer's next segment may not fit any more, so that whoever waits for more to read may wait in vain
     * (SO_RCVLOWAT).
     */
    boolean isReceiveWindowClosing();

    /** Sends what waits for more to come (Nagle, TCP_CORK, MSG_MORE), once. */
    void flush(long nowNanos);

    /** Largest IP packet on the path to the peer, in bytes (IP_MTU). */
    int pathMtu();

    /** Puts changed options into effect. */
    void configChanged(long nowNanos);

    /**
     * Who else may bind to the local port as long as the connection has it; at first, as its binding or listener says.
     */
    void sharing(PortSharing with);

    /** As {@link TcpSplice#join}, with {@code other} of the same stack. */
    TcpSplice spliceWith(TcpConnection other, Runnable whenEnded);

    /** Who is told what happens. */
    void observer(ConnectionObserver newObserver);

    /** Why the connection failed, or null. */
    @Nullable
    SocketError error();

    /** An error that the network reported and the connection lived through (RFC 5461), or null. */
    @Nullable
    SocketError softError();

    /** The same, and it is forgotten: RFC 9293 3.9.1.8, MUST-47, wants such errors reported to whoever asks. */
    @Nullable
    SocketError takeSoftError();

    /** Bytes that {@link #write} takes now. */
    int writableBytes();

    /** The answer of poll(2), which may be false though {@link #write} would take something now. */
    boolean isWritable();

    /** Bytes of a mapped file that {@link #write} takes now. */
    int writableSharedBytes();

    /** Asks for a call of {@link ConnectionObserver#writable()}, one, when there is room for more to write. */
    void wakeWriter();

    /**
     * SEND by reference: appends {@code length} bytes of {@code region}, which is retained until they are acknowledged
     * and must not change. How much is sensible {@link #writableBytes()} tells; more is taken all the same.
     *
     * @param more the rest of a message follows at once (MSG_MORE): a segment that is not full waits for it
     * @return as {@link #append}
     */
    boolean write(Region region, int offset, int length, boolean more, long nowNanos);

    /**
     * The first half of {@link #write}: nothing is sent before {@link #push}, so that several pieces go out together.
     *
     * @return false if nothing was appended, as the connection takes no data: it is not established, or its output is
     *     shut down
     */
    boolean append(Region region, int offset, int length);

    /** Sends what was appended, as far as the windows allow; {@code more} as in {@link #write}. */
    void push(boolean more, long nowNanos);

    /** True if the device gathers payload where it lies; else the stack copies it for every segment. */
    boolean sendsByReference();

    /** SEND by copying: takes up to {@code limit} bytes of {@code source}. @return how many, as far as there is room */
    int write(ByteBuffer source, int limit, boolean more, long nowNanos);

    /** Bytes that can be read now. */
    int readableBytes();

    /** Sequence numbers that have come in order and were not read, the FIN among them (TCP_INQ). */
    int unreadBytes();

    /** Bytes that can be read now and stand before the urgent one, if that is read apart (FIONREAD). */
    int readableBeforeMark();

    /**
     * True if the peer's FIN has come (or the input was shut down) and everything before it was read: end of stream.
     */
    boolean isInputEnded();

    /** RECEIVE by reference: lends up to {@code limit} bytes. @return how many are on loan */
    int borrow(ReadBatch batch, int limit);

    /** Gives {@code batch} back; the application has its first {@code bytes}. */
    void consume(ReadBatch batch, int bytes, long nowNanos);

    /** RECEIVE by copying. With {@code peek} the bytes stay. @return how many were copied */
    int read(ByteBuffer target, boolean peek, long nowNanos);

    /** {@code sockatmark(3)}: what is read next stands at the urgent mark (RFC 6093). */
    boolean isAtUrgentMark();

    /** True if an urgent byte has come that was not read. */
    boolean hasUrgentByte();

    /** True if an urgent byte was announced and has not come. */
    boolean isUrgentByteAnnounced();

    /** RECEIVE of the urgent byte apart (MSG_OOB), where {@link #hasUrgentByte()}; with {@code peek} it stays. */
    byte readUrgentByte(boolean peek);

    /** The last of the next {@code length} bytes to be written is urgent (RFC 9293 3.9.1.2, the URGENT flag). */
    void markUrgent(int length);

    /**
     * MSG_EOR: a record ends behind the next {@code length} bytes to be written, or with 0 behind those that were: no
     * segment spans its end.
     */
    void endRecord(int length);

    /** Bytes in the send queue that the peer has not acknowledged, the FIN among them (SIOCOUTQ). */
    int unacknowledgedBytes();

    /** Bytes in the send queue that were never sent (SIOCOUTQNSD). */
    int unsentBytes();

    /** The application reads on: what stood at the urgent mark and was to be read apart is lost, as on Linux. */
    void passUrgentMark();

    /** CLOSE of our direction only: a FIN goes out behind everything that was written. */
    void shutdownOutput(long nowNanos);

    /** Nobody will read any more: what comes is acknowledged and thrown away. */
    void shutdownInput(long nowNanos);

    /**
     * The application says that it will not read, though it still may, what is here and what comes. If the output ends
     * too, this is as good as a CLOSE: what comes then is answered with a reset (RFC 1122 4.2.2.13), as on Linux.
     */
    void inputUnwanted();

    /**
     * CLOSE by an application that goes away. What was written is still delivered, but if received data was not read
     * the peer is told so with a reset (RFC 1122 4.2.2.13).
     */
    void close(long nowNanos);

    /** ABORT: everything is thrown away and the peer gets a reset. */
    void abort(long nowNanos);

    /**
     * The last of the next {@code length} bytes to be written has its times told.
     *
     * @param kinds which of them: a set of Linux's {@code SOF_TIMESTAMPING_TX} flags
     */
    void stampWrite(int length, int kinds, StampObserver by);

    /** The sequence number of the next byte to be written. */
    int writeSequence();

    /** SND.UNA. */
    int unacknowledgedSequence();

    /**
     * When the byte came that is {@code ahead} bytes behind the next one to be read; -1 for the last one that was read.
     * Known if {@link TcpConfig#stampArrivals} was on then.
     *
     * @return the stack's time, or {@link Long#MIN_VALUE}
     */
    long arrivalNanos(int ahead);
}
