/** TCP of one stack: the layer and its demultiplexer. */
@NullMarked
package io.tapstack.tcp.layer;

import org.jspecify.annotations.NullMarked;
