package io.tapstack.httpd;

/**
 * The three classic ways to send a file to a socket. Small files are read and sent together with the head by all three.
 */
public enum ServeMethod {
    /** {@code read(2)} into a buffer, which is written. */
    COPY(new CopySender()),
    /** The file is mapped, and copied from the mapping into the buffer that is written. */
    MMAP(new MmapSender(MappingCopy::ofThisMachine)),
    /** The file's pages are sent by {@link io.tapstack.transport.StreamConnection#sendFile}, never copied. */
    SENDFILE(new SendfileSender());

    @SuppressWarnings("ImmutableEnumChecker") // no sender has a state
    private final BodySender sender;

    ServeMethod(final BodySender sender) {
        this.sender = sender;
    }

    BodySender sender() {
        return sender;
    }
}
