package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One queue of an interface that has several, each with a stack of its own, all with one address. Frames come in
 * wherever the host puts them; each is handed up by the queue {@linkplain FrameClassifier whose it is}. One that came
 * in elsewhere is put into the owner's mailbox, and the owner is woken up. What a mailbox has no room for is lost and
 * counted as {@link DropReason#LINK_MAILBOX_FULL} by the stack that received it.
 *
 * <p>Correct by itself, fast with a host that learns: Linux sends the frames of a connection to the queue that the
 * connection's own frames come from (tun_flow_update() in drivers/net/tun.c), so that as a rule only the first frame of
 * a connection, or the first one after seconds of silence, makes the detour.
 *
 * <p>The first queue's stack speaks for the address; when it announces it, the other stacks hear that too.
 *
 * <p>Confined to whoever runs the queue's stack, but for {@link #wakeup()}, {@link #isReady} and {@link #await}, as
 * every device.
 */
public final class SteeredLink extends ForwardingLink {

    /** Most frames of other queues that are passed on in one call. */
    private static final int BURST = 64;

    private final QueueShare share;
    private final FrameClassifier classifier;

    /** All queues of the interface, this one among them. */
    private final List<SteeredLink> queues;

    /** What each queue has for this one; the own one stays empty. */
    private final FrameMailbox[] mailboxes;

    private final AtomicBoolean asleep = new AtomicBoolean();
    private StackStatistics statistics = new StackStatistics();
    private int nextMailbox;
    private int mailInARow;
    private long now;

    private SteeredLink(final LinkDevice device, final QueueShare share, final List<SteeredLink> queues) {
        super(device);
        this.share = share;
        this.classifier = new FrameClassifier(device.capabilities().type(), share.steering());
        this.queues = queues;
        this.mailboxes = new FrameMailbox[share.steering().queues()];
        for (int i = 0; i < mailboxes.length; i++) {
            mailboxes[i] = new FrameMailbox();
        }
    }

    /**
     * Steers between the queues of one interface.
     *
     * @param devices the queues, in order; each is closed with its link
     * @param steering for as many queues
     * @return a link for each queue
     */
    public static List<SteeredLink> over(final List<? extends LinkDevice> devices, final FlowSteering steering) {
        if (devices.size() != steering.queues()) {
            throw new IllegalArgumentException(devices.size() + " devices for " + steering.queues() + " queues");
        }
        final List<SteeredLink> queues = new ArrayList<>(devices.size());
        for (final LinkDevice device : devices) {
            queues.add(new SteeredLink(device, new QueueShare(steering, queues.size()), queues));
        }
        return List.copyOf(queues);
    }

    /** What belongs to this queue's stack. */
    public QueueShare share() {
        return share;
    }

    @Override
    public void reportTo(final StackStatistics newStatistics) {
        this.statistics = newStatistics;
        device.reportTo(newStatistics);
    }

    // ---- Receiving

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        // Mail first: it is older than what a connection's host sends here now. But those who send here are not
        // starved.
        final PacketBuffer mail = mailInARow < BURST ? takeMail(pool) : null;
        if (mail != null) {
            mailInARow++;
            return mail;
        }
        mailInARow = 0;
        for (int passedOn = 0; passedOn < BURST; passedOn++) {
            final PacketBuffer frame = device.receive(pool);
            if (frame == null || isOurs(frame)) {
                return frame != null ? frame : takeMail(pool);
            }
            frame.release();
        }
        return takeMail(pool);
    }

    /**
     * Looks whose a frame is, and gives those their copies who are to have it too, or instead. @return true if it is
     * (also) ours
     */
    private boolean isOurs(final PacketBuffer frame) {
        final int owner = classifier.owner(frame);
        if (owner == FrameClassifier.EVERYBODY) {
            tellOthers(frame);
            return true;
        }
        if (owner == FrameClassifier.ANYBODY || owner == share.queue()) {
            return true;
        }
        pass(frame, owner);
        return false;
    }

    private @Nullable PacketBuffer takeMail(final BufferPool pool) {
        for (int i = 0; i < mailboxes.length; i++) {
            final PacketBuffer frame = mailboxes[nextMailbox].take(pool);
            // Each in turn, so that one that is never empty does not starve the others.
            nextMailbox = nextMailbox + 1 == mailboxes.length ? 0 : nextMailbox + 1;
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private boolean hasMail() {
        for (final FrameMailbox mailbox : mailboxes) {
            if (!mailbox.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    // ---- Passing on

    /**
     * The queue whose a TCP segment is, its header at the packet's head and its IP header at {@code ipHeader}; this one
     * if that cannot be told.
     */
    public int owner(final PacketBuffer segment, final int ipHeader) {
        final int owner = classifier.segment(segment.memory().bytes(), ipHeader, segment.head(), segment.tail());
        return owner == FrameClassifier.ANYBODY ? share.queue() : owner;
    }

    /**
     * Gives a frame to the stack of another queue as if it had come in there. The frame stays the caller's; a copy is
     * made. Called by whoever runs this queue's stack.
     */
    public void pass(final PacketBuffer frame, final int owner) {
        final SteeredLink queue = queues.get(owner);
        if (!queue.mailboxes[share.queue()].put(frame)) {
            statistics.drop(DropReason.LINK_MAILBOX_FULL);
            return;
        }
        statistics.framesPassedOn++;
        // It says that it sleeps before it looks for mail the last time, so one of the two sees the other.
        if (queue.asleep.get() && queue.asleep.getAndSet(false)) {
            queue.device.wakeup();
        }
    }

    private void tellOthers(final PacketBuffer frame) {
        for (int queue = 0; queue < mailboxes.length; queue++) {
            if (queue != share.queue()) {
                pass(frame, queue);
            }
        }
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        if (share.isFirst() && isAnnouncement(frame)) {
            tellOthers(frame);
        }
        return device.transmit(frame);
    }

    /** RFC 5227 1.1: sender and target are the same address. */
    private boolean isAnnouncement(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int arp = frame.head() + EthernetHeader.LENGTH;
        return capabilities().type() == LinkType.ETHERNET
                && frame.contiguousLength() >= EthernetHeader.LENGTH + ArpPacket.LENGTH
                && EthernetHeader.etherType(bytes, frame.head()) == EthernetHeader.TYPE_ARP
                && ArpPacket.senderProtocol(bytes, arp) == ArpPacket.targetProtocol(bytes, arp);
    }

    // ---- Waiting

    @Override
    public void await(final long timeoutNanos) throws IOException {
        asleep.set(true);
        try {
            device.await(hasMail() ? 0 : timeoutNanos);
        } finally {
            asleep.set(false);
        }
    }

    @Override
    public boolean isReady() throws IOException {
        return hasMail() || device.isReady();
    }

    @Override
    public long nextEvent() {
        return hasMail() ? now : device.nextEvent();
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
        device.advance(nowNanos);
    }

    /** Closes the queue. What others pass on to it from now on is lost. */
    @Override
    public String toString() {
        return "queue " + share.queue() + " of " + device;
    }
}
