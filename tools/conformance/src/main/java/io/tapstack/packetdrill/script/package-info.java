/**
 * The language of packetdrill scripts: text to {@link io.tapstack.packetdrill.script.Script}. Nothing here knows of
 * packets on a wire or of system calls; what a script means is the business of {@link io.tapstack.packetdrill}.
 */
@NullMarked
package io.tapstack.packetdrill.script;

import org.jspecify.annotations.NullMarked;
