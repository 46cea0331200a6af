<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_GB">
<context>
    <name>@default</name>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Tracker</source>
        <translation>Tracker</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>&amp;Aufnahme</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Leisten</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Start the program again to see it in the other language.</source>
        <translation>Starten Sie das Programm neu, um es in der anderen Sprache zu sehen.</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Choose a camera, file, stream, the screen or the demo</source>
        <translation>Kamera, Datei, Stream, Bildschirm oder Demo wählen</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Annotieren</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>Schnappschuss</translation>
    </message>
    <message>
        <source>&lt;h3&gt;BlendMask Live {version}&lt;/h3&gt;&lt;p&gt;Real-time video instance segmentation.&lt;/p&gt;&lt;p&gt;Licence: Apache-2.0. This window uses PyQt5 (GPL v3).&lt;/p&gt;</source>
        <translation>&lt;h3&gt;BlendMask Live {version}&lt;/h3&gt;&lt;p&gt;Instanzsegmentierung von Videos in Echtzeit.&lt;/p&gt;&lt;p&gt;Lizenz: Apache-2.0. Dieses Fenster verwendet PyQt5 (GPL v3).&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About BlendMask Live</source>
        <translation>Über BlendMask Live</translation>
    </message>
    <message>
        <source>&amp;Project</source>
        <translation>&amp;Projekt</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Track</source>
        <translation>&amp;Spur</translation>
    </message>
    <message>
        <source>&amp;Repairs</source>
        <translation>&amp;Korrekturen</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>New object</source>
        <translation>Neues Objekt</translation>
    </message>
    <message>
        <source>Track</source>
        <translation>Spur</translation>
    </message>
    <message>
        <source>Repairs</source>
        <translation>Korrekturen</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>The video cannot be shown</source>
        <translation>Das Video kann nicht gezeigt werden</translation>
    </message>
    <message>
        <source>The export failed</source>
        <translation>Der Export ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>These annotations cannot be imported</source>
        <translation>Diese Annotationen können nicht importiert werden</translation>
    </message>
    <message>
        <source>Loading PyTorch</source>
        <translation>PyTorch wird geladen</translation>
    </message>
    <message>
        <source>Loading the weights of {name}</source>
        <translation>Gewichte von {name} werden geladen</translation>
    </message>
    <message>
        <source>Preparing the network for this machine</source>
        <translation>Das Netz wird für diesen Rechner vorbereitet</translation>
    </message>
    <message>
        <source>The source cannot be shown</source>
        <translation>Die Quelle kann nicht gezeigt werden</translation>
    </message>
    <message>
        <source>The network cannot be loaded</source>
        <translation>Das Netz kann nicht geladen werden</translation>
    </message>
    <message>
        <source>The recording failed</source>
        <translation>Die Aufnahme ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>This setting cannot be used</source>
        <translation>Diese Einstellung ist nicht möglich</translation>
    </message>
    <message>
        <source>Choose a smaller input size or another device, then try again.</source>
        <translation>Wählen Sie eine kleinere Eingabegröße oder ein anderes Gerät und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Memory ran out</source>
        <translation>Der Speicher reicht nicht</translation>
    </message>
    <message>
        <source>The project cannot do this</source>
        <translation>Das Projekt kann das nicht</translation>
    </message>
    <message>
        <source>This did not work</source>
        <translation>Das hat nicht geklappt</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>Etwas Unerwartetes ist passiert</translation>
    </message>
    <message>
        <source>{format} knows only {classes}, so nothing would be written; switch on “All classes”</source>
        <translation>{format} kennt nur {classes}, also würde nichts geschrieben; schalten Sie „Alle Klassen“ ein</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source> A report was written: {}</source>
        <translation> Ein Bericht wurde geschrieben: {}</translation>
    </message>
    <message>
        <source>Class by number</source>
        <translation>Klasse nach Nummer</translation>
    </message>
    <message>
        <source>Fill of the masks, brightness and contrast of the picture</source>
        <translation>Füllung der Masken, Helligkeit und Kontrast des Bildes</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>all frames</source>
        <translation>alle Bilder</translation>
    </message>
    <message>
        <source>frame {first} on</source>
        <translation>ab Bild {first}</translation>
    </message>
    <message>
        <source>up to frame {last}</source>
        <translation>bis Bild {last}</translation>
    </message>
    <message>
        <source>frame {first}</source>
        <translation>Bild {first}</translation>
    </message>
    <message>
        <source>frames {first} to {last}</source>
        <translation>Bilder {first} bis {last}</translation>
    </message>
    <message>
        <source>Track {}: no masks</source>
        <translation>Spur {}: keine Masken</translation>
    </message>
    <message>
        <source>Track {track}: frames {first} to {last}</source>
        <translation>Spur {track}: Bilder {first} bis {last}</translation>
    </message>
    <message>
        <source>Track {track}: frame {first}</source>
        <translation>Spur {track}: Bild {first}</translation>
    </message>
    <message>
        <source>While the files were written: {}</source>
        <translation>Beim Schreiben der Dateien: {}</translation>
    </message>
    <message>
        <source>No track selected</source>
        <translation>Keine Spur ausgewählt</translation>
    </message>
    <message>
        <source>{count} tracks selected</source>
        <translation>{count} Spuren ausgewählt</translation>
    </message>
    <message>
        <source>{advice} Message of the program, in English: {text}</source>
        <translation>{advice} Meldung des Programms, auf Englisch: {text}</translation>
    </message>
    <message>
        <source>Check the file or the address, or choose another source.</source>
        <translation>Prüfen Sie die Datei oder Adresse, oder wählen Sie eine andere Quelle.</translation>
    </message>
    <message>
        <source>Choose other weights or another runtime.</source>
        <translation>Wählen Sie andere Gewichte oder eine andere Laufzeit.</translation>
    </message>
    <message>
        <source>Choose another folder or other formats.</source>
        <translation>Wählen Sie einen anderen Ordner oder andere Formate.</translation>
    </message>
    <message>
        <source>Choose another value.</source>
        <translation>Wählen Sie einen anderen Wert.</translation>
    </message>
    <message>
        <source>Choose other annotations.</source>
        <translation>Wählen Sie andere Annotationen.</translation>
    </message>
    <message>
        <source>The project is as it was.</source>
        <translation>Das Projekt ist, wie es war.</translation>
    </message>
    <message>
        <source>Try again, or in another way.</source>
        <translation>Versuchen Sie es noch einmal oder auf andere Weise.</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} Bilder</translation>
    </message>
    <message>
        <source>1 mask</source>
        <translation>1 Maske</translation>
    </message>
    <message>
        <source>{count} masks</source>
        <translation>{count} Masken</translation>
    </message>
    <message>
        <source>1 track</source>
        <translation>1 Spur</translation>
    </message>
    <message>
        <source>{count} tracks</source>
        <translation>{count} Spuren</translation>
    </message>
    <message>
        <source>several</source>
        <translation>mehrere</translation>
    </message>
    <message>
        <source>open a source first</source>
        <translation>öffnen Sie zuerst eine Quelle</translation>
    </message>
    <message>
        <source>this source has no other frames to go to</source>
        <translation>diese Quelle hat keine anderen Bilder, zu denen man gehen kann</translation>
    </message>
    <message>
        <source>No larger mask is found at this click: draw a box, or click more</source>
        <translation>Bei diesem Klick wird keine größere Maske gefunden: einen Rahmen ziehen oder weiter klicken</translation>
    </message>
    <message>
        <source>No smaller mask is found at this click: draw a box, or click more</source>
        <translation>Bei diesem Klick wird keine kleinere Maske gefunden: einen Rahmen ziehen oder weiter klicken</translation>
    </message>
    <message>
        <source>Nothing is found there: draw a box, or click elsewhere</source>
        <translation>Dort wird nichts gefunden: einen Rahmen ziehen oder anderswo klicken</translation>
    </message>
    <message>
        <source>This click changes nothing: try one further on</source>
        <translation>Dieser Klick ändert nichts: einen etwas weiter entfernt versuchen</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open video…</source>
        <translation>Video öffnen…</translation>
    </message>
    <message>
        <source>Open folder of images…</source>
        <translation>Ordner mit Bildern öffnen…</translation>
    </message>
    <message>
        <source>Open address…</source>
        <translation>Adresse öffnen…</translation>
    </message>
    <message>
        <source>Show the screen</source>
        <translation>Bildschirm zeigen</translation>
    </message>
    <message>
        <source>Show the demo</source>
        <translation>Demo zeigen</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Annotate the video…</source>
        <translation>Video annotieren…</translation>
    </message>
    <message>
        <source>Look for cameras</source>
        <translation>Kameras suchen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Wiedergabe oder Pause</translation>
    </message>
    <message>
        <source>Play backwards, faster each time</source>
        <translation>Rückwärts, jedes Mal schneller</translation>
    </message>
    <message>
        <source>Play forwards, faster each time</source>
        <translation>Vorwärts, jedes Mal schneller</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>25 frames back</source>
        <translation>25 Bilder zurück</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Set the in point</source>
        <translation>Anfangsmarke setzen</translation>
    </message>
    <message>
        <source>Set the out point</source>
        <translation>Endmarke setzen</translation>
    </message>
    <message>
        <source>Clear in and out points</source>
        <translation>Marken löschen</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>Bild speichern…</translation>
    </message>
    <message>
        <source>Masks: fill, outline, none</source>
        <translation>Masken: Fläche, Umriss, keine</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Namen</translation>
    </message>
    <message>
        <source>Trails</source>
        <translation>Wege</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Blending microscope</source>
        <translation>Mischungs-Mikroskop</translation>
    </message>
    <message>
        <source>Show all tracks</source>
        <translation>Alle Spuren zeigen</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>Bild einpassen</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Times of the stages</source>
        <translation>Zeiten der Stufen</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>About BlendMask Live</source>
        <translation>Über BlendMask Live</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Import annotations…</source>
        <translation>Annotationen importieren…</translation>
    </message>
    <message>
        <source>Import a folder of annotations…</source>
        <translation>Ordner mit Annotationen importieren…</translation>
    </message>
    <message>
        <source>Learn from corrections…</source>
        <translation>Aus Korrekturen lernen…</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>Video suchen…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>To the next keyframe</source>
        <translation>Zum nächsten Schlüsselbild</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Cut out a polygon</source>
        <translation>Polygon ausschneiden</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Shrink the mask</source>
        <translation>Maske verkleinern</translation>
    </message>
    <message>
        <source>Grow the mask</source>
        <translation>Maske vergrößern</translation>
    </message>
    <message>
        <source>Draw a new object</source>
        <translation>Neues Objekt zeichnen</translation>
    </message>
    <message>
        <source>Split off</source>
        <translation>Abspalten</translation>
    </message>
    <message>
        <source>Merge with…</source>
        <translation>Verbinden mit…</translation>
    </message>
    <message>
        <source>Swap with…</source>
        <translation>Tauschen mit…</translation>
    </message>
    <message>
        <source>Delete masks</source>
        <translation>Masken löschen</translation>
    </message>
    <message>
        <source>Confirm as keyframe</source>
        <translation>Als Schlüsselbild bestätigen</translation>
    </message>
    <message>
        <source>Copy to the next frame</source>
        <translation>Ins nächste Bild kopieren</translation>
    </message>
    <message>
        <source>Interpolate</source>
        <translation>Interpolieren</translation>
    </message>
    <message>
        <source>Fill gaps</source>
        <translation>Lücken füllen</translation>
    </message>
    <message>
        <source>Propagate back</source>
        <translation>Rückwärts übertragen</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Outlines only</source>
        <translation>Nur Umrisse</translation>
    </message>
    <message>
        <source>Re-blend…</source>
        <translation>Neu mischen…</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Ein Bild weiter</translation>
    </message>
    <message>
        <source>25 frames forward</source>
        <translation>25 Bilder weiter</translation>
    </message>
    <message>
        <source>To the previous keyframe</source>
        <translation>Zum vorigen Schlüsselbild</translation>
    </message>
    <message>
        <source>Propagate forward</source>
        <translation>Vorwärts übertragen</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Follow both ways</source>
        <translation>In beide Richtungen verfolgen</translation>
    </message>
    <message>
        <source>Follow back</source>
        <translation>Rückwärts verfolgen</translation>
    </message>
    <message>
        <source>Follow on</source>
        <translation>Vorwärts verfolgen</translation>
    </message>
    <message>
        <source>Follow to a frame…</source>
        <translation>Bis zu einem Bild verfolgen…</translation>
    </message>
    <message>
        <source>Follow between keyframes</source>
        <translation>Zwischen Schlüsselbildern verfolgen</translation>
    </message>
    <message>
        <source>Follow what is under the pointer</source>
        <translation>Verfolgen, was unter dem Zeiger ist</translation>
    </message>
    <message>
        <source>Stop following</source>
        <translation>Nicht mehr verfolgen</translation>
    </message>
    <message>
        <source>Stop following all</source>
        <translation>Nichts mehr verfolgen</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Draw a line to count at</source>
        <translation>Linie zum Zählen zeichnen</translation>
    </message>
    <message>
        <source>Draw an area to count in</source>
        <translation>Fläche zum Zählen zeichnen</translation>
    </message>
    <message>
        <source>Saved, always</source>
        <translation>Gespeichert, immer</translation>
    </message>
    <message>
        <source>Go to frame…</source>
        <translation>Gehe zu Bild…</translation>
    </message>
    <message>
        <source>Play slower</source>
        <translation>Langsamer abspielen</translation>
    </message>
    <message>
        <source>Play faster</source>
        <translation>Schneller abspielen</translation>
    </message>
    <message>
        <source>Move corners</source>
        <translation>Ecken verschieben</translation>
    </message>
    <message>
        <source>Choose a class…</source>
        <translation>Klasse wählen…</translation>
    </message>
    <message>
        <source>Class number 1</source>
        <translation>Klasse Nummer 1</translation>
    </message>
    <message>
        <source>Class number 2</source>
        <translation>Klasse Nummer 2</translation>
    </message>
    <message>
        <source>Class number 3</source>
        <translation>Klasse Nummer 3</translation>
    </message>
    <message>
        <source>Class number 4</source>
        <translation>Klasse Nummer 4</translation>
    </message>
    <message>
        <source>Class number 5</source>
        <translation>Klasse Nummer 5</translation>
    </message>
    <message>
        <source>Class number 6</source>
        <translation>Klasse Nummer 6</translation>
    </message>
    <message>
        <source>Class number 7</source>
        <translation>Klasse Nummer 7</translation>
    </message>
    <message>
        <source>Class number 8</source>
        <translation>Klasse Nummer 8</translation>
    </message>
    <message>
        <source>Class number 9</source>
        <translation>Klasse Nummer 9</translation>
    </message>
    <message>
        <source>Select all objects here</source>
        <translation>Alle Objekte dieses Bildes auswählen</translation>
    </message>
    <message>
        <source>Copy the mask</source>
        <translation>Maske kopieren</translation>
    </message>
    <message>
        <source>Paste the mask</source>
        <translation>Maske einfügen</translation>
    </message>
    <message>
        <source>Paste as a new object</source>
        <translation>Als neues Objekt einfügen</translation>
    </message>
    <message>
        <source>Give its masks to…</source>
        <translation>Masken abgeben an…</translation>
    </message>
    <message>
        <source>Delete the mask here</source>
        <translation>Maske hier löschen</translation>
    </message>
    <message>
        <source>Hide, also from exports; or show again</source>
        <translation>Verbergen, auch in Exporten; oder wieder zeigen</translation>
    </message>
    <message>
        <source>See masks</source>
        <translation>Masken sehen</translation>
    </message>
    <message>
        <source>See labels</source>
        <translation>Beschriftungen sehen</translation>
    </message>
    <message>
        <source>Zoom the timeline in</source>
        <translation>Zeitachse vergrößern</translation>
    </message>
    <message>
        <source>Zoom the timeline out</source>
        <translation>Zeitachse verkleinern</translation>
    </message>
    <message>
        <source>Leave the full screen</source>
        <translation>Vollbild verlassen</translation>
    </message>
    <message>
        <source>Smaller brush or object</source>
        <translation>Kleinerer Pinsel oder kleineres Objekt</translation>
    </message>
    <message>
        <source>Larger brush or object</source>
        <translation>Größerer Pinsel oder größeres Objekt</translation>
    </message>
</context>
<context>
    <name>AnnotateDialog</name>
    <message>
        <source>Annotate the video</source>
        <translation>Video annotieren</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Annotieren</translation>
    </message>
    <message>
        <source>Completing what is done…</source>
        <translation>Fertiges wird abgeschlossen…</translation>
    </message>
    <message>
        <source>The project that was there had been edited; it is now {}.</source>
        <translation>Das bisherige Projekt war bearbeitet worden; es heißt jetzt {}.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>dem Anfang</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>the end</source>
        <translation>zum Ende</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>all that the network knows</source>
        <translation>alle, die das Netz kennt</translation>
    </message>
    <message>
        <source>Seconds, or HH:MM:SS</source>
        <translation>Sekunden oder HH:MM:SS</translation>
    </message>
    <message>
        <source>Names with commas between them, as in: person, dog</source>
        <translation>Namen mit Kommas dazwischen, zum Beispiel: person, dog</translation>
    </message>
    <message>
        <source>Look at the video twice (takes longer; joins tracks, fills short holes)</source>
        <translation>Das Video zweimal ansehen (dauert länger; verbindet Spuren, füllt kurze Lücken)</translation>
    </message>
    <message>
        <source>Finds and follows the objects of the whole video and writes these formats, and a project that you can correct. Network and tracker work as they are set in the window.</source>
        <translation>Findet und verfolgt die Objekte des ganzen Videos und schreibt diese Formate und ein Projekt, das sich korrigieren lässt. Netz und Tracker arbeiten so, wie sie im Fenster eingestellt sind.</translation>
    </message>
    <message>
        <source>The network does not know the class “{}”</source>
        <translation>Das Netz kennt die Klasse „{}“ nicht</translation>
    </message>
    <message>
        <source>“{}” is no time; write seconds, or HH:MM:SS</source>
        <translation>„{}“ ist keine Zeit; bitte Sekunden oder HH:MM:SS schreiben</translation>
    </message>
    <message>
        <source>Choose a format</source>
        <translation>Bitte ein Format wählen</translation>
    </message>
    <message>
        <source>Keep bases and attention (larger; masks can be re-blended later)</source>
        <translation>Basen und Attention behalten (größer; Masken lassen sich später neu mischen)</translation>
    </message>
    <message>
        <source>some milliseconds</source>
        <translation>einige Millisekunden</translation>
    </message>
    <message>
        <source>about {:.0f} ms</source>
        <translation>etwa {:.0f} ms</translation>
    </message>
    <message>
        <source>A second, zoomed look at objects (finer masks; {cost} for each)</source>
        <translation>Objekte ein zweites Mal, vergrößert ansehen (feinere Masken; {cost} für jedes)</translation>
    </message>
    <message>
        <source>, less than a minute left</source>
        <translation>, noch weniger als eine Minute</translation>
    </message>
    <message>
        <source>, about {:.0f} min left</source>
        <translation>, noch etwa {:.0f} min</translation>
    </message>
    <message>
        <source>End here and keep the part that is done?</source>
        <translation>Hier enden und den fertigen Teil behalten?</translation>
    </message>
    <message>
        <source>The rest of the video has no masks then. Or drop it: the files are deleted.</source>
        <translation>Der Rest des Videos hat dann keine Masken. Oder verwerfen: die Dateien werden gelöscht.</translation>
    </message>
    <message>
        <source>Keep the part</source>
        <translation>Teil behalten</translation>
    </message>
    <message>
        <source>Drop it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Deleting what is done…</source>
        <translation>Das Fertige wird gelöscht…</translation>
    </message>
    <message>
        <source>Annotated</source>
        <translation>Annotiert</translation>
    </message>
    <message>
        <source>A part of the video is annotated</source>
        <translation>Ein Teil des Videos ist annotiert</translation>
    </message>
    <message>
        <source>It was ended early; annotate again for the whole of it.</source>
        <translation>Es wurde vorzeitig beendet; annotieren Sie noch einmal für das Ganze.</translation>
    </message>
    <message>
        <source>Frame {done} of {expected}, {masks}</source>
        <translation>Bild {done} von {expected}, {masks}</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>Choose another source…</source>
        <translation>Andere Quelle wählen…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Show the demo</source>
        <translation>Demo zeigen</translation>
    </message>
    <message>
        <source>Network settings</source>
        <translation>Netz-Einstellungen</translation>
    </message>
    <message>
        <source>Recording settings</source>
        <translation>Aufnahme-Einstellungen</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>Bericht zeigen</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Find the video…</source>
        <translation>Video suchen…</translation>
    </message>
    <message>
        <source>Sending settings</source>
        <translation>Sende-Einstellungen</translation>
    </message>
</context>
<context>
    <name>Broadcaster</name>
    <message>
        <source>Nothing to send to</source>
        <translation>Kein Ziel zum Senden</translation>
    </message>
    <message>
        <source>Write an address, or choose the virtual camera.</source>
        <translation>Schreiben Sie eine Adresse, oder wählen Sie die virtuelle Kamera.</translation>
    </message>
    <message>
        <source>This cannot be sent</source>
        <translation>Das kann nicht gesendet werden</translation>
    </message>
    <message>
        <source>A receiver cannot be sent to</source>
        <translation>Ein Empfänger ist nicht erreichbar</translation>
    </message>
    <message>
        <source>A receiver is lost</source>
        <translation>Ein Empfänger ist verloren</translation>
    </message>
</context>
<context>
    <name>ClassSearch</name>
    <message>
        <source>Choose a class</source>
        <translation>Klasse wählen</translation>
    </message>
    <message>
        <source>Some letters of it, or a new class</source>
        <translation>Einige Buchstaben daraus, oder eine neue Klasse</translation>
    </message>
    <message>
        <source>Return adds this class</source>
        <translation>Die Eingabetaste legt diese Klasse an</translation>
    </message>
</context>
<context>
    <name>DisplayPanel</name>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Labels with track numbers</source>
        <translation>Namen mit Spurnummern</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Konfidenzwerte</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Trails</source>
        <translation>Wege</translation>
    </message>
    <message>
        <source>Objects without a confirmed track</source>
        <translation>Objekte ohne bestätigte Spur</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Bleibt</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Cut-out</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Choose colour…</source>
        <translation>Farbe wählen…</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>Bild wählen…</translation>
    </message>
    <message>
        <source>The checkerboard stands for transparency, and videos of what is shown have it too. The format “cutout” records real transparency.</source>
        <translation>Das Schachbrett steht für Durchsichtigkeit und ist auch in Videos des Gezeigten zu sehen. Das Format „cutout“ nimmt echte Durchsichtigkeit auf.</translation>
    </message>
    <message>
        <source>Everything but the shown objects is replaced.</source>
        <translation>Alles außer den gezeigten Objekten wird ersetzt.</translation>
    </message>
    <message>
        <source>{}: not an image that can be read</source>
        <translation>{}: kein lesbares Bild</translation>
    </message>
    <message>
        <source>Background colour</source>
        <translation>Farbe des Hintergrunds</translation>
    </message>
    <message>
        <source>Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.bmp *.webp);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Background image</source>
        <translation>Hintergrundbild</translation>
    </message>
</context>
<context>
    <name>Drawing</name>
    <message>
        <source>New object</source>
        <translation>Neues Objekt</translation>
    </message>
    <message>
        <source>Class of the new object:</source>
        <translation>Klasse des neuen Objekts:</translation>
    </message>
</context>
<context>
    <name>EditorCanvas</name>
    <message>
        <source>The current frame with its masks, to draw on</source>
        <translation>Das aktuelle Bild mit seinen Masken, zum Zeichnen</translation>
    </message>
    <message>
        <source>{} goes</source>
        <translation>{} fällt weg</translation>
    </message>
    <message>
        <source>then {}</source>
        <translation>dann {}</translation>
    </message>
</context>
<context>
    <name>EditorController</name>
    <message>
        <source>This project can only be read</source>
        <translation>Dieses Projekt kann nur gelesen werden</translation>
    </message>
    <message>
        <source>Propagating the mask</source>
        <translation>Die Maske wird übertragen</translation>
    </message>
    <message>
        <source>This frame lies outside of the marks</source>
        <translation>Dieses Bild liegt außerhalb der Marken</translation>
    </message>
    <message>
        <source>Go to a marked frame, or choose others than the marks.</source>
        <translation>Gehen Sie zu einem markierten Bild oder wählen Sie anderes als die Marken.</translation>
    </message>
    <message>
        <source>Accept changes {count}: {frames}</source>
        <translation>Annehmen ändert {count}: {frames}</translation>
    </message>
</context>
<context>
    <name>EditorFiles</name>
    <message>
        <source>Where is the video now?</source>
        <translation>Wo ist das Video jetzt?</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>Export läuft</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>Exportiert</translation>
    </message>
    <message>
        <source>Import annotations</source>
        <translation>Annotationen importieren</translation>
    </message>
    <message>
        <source>Annotations (*.json *.txt *.xml);;All files (*)</source>
        <translation>Annotationen (*.json *.txt *.xml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Import a folder of annotations</source>
        <translation>Ordner mit Annotationen importieren</translation>
    </message>
    <message>
        <source>Importing</source>
        <translation>Import läuft</translation>
    </message>
    <message>
        <source>The files are in {}.</source>
        <translation>Die Dateien sind in {}.</translation>
    </message>
    <message>
        <source>Re-blending</source>
        <translation>Masken werden neu gemischt</translation>
    </message>
    <message>
        <source>Which number do the annotations give to the video&apos;s first frame?</source>
        <translation>Welche Nummer hat das erste Bild des Videos in den Annotationen?</translation>
    </message>
    <message>
        <source>Imported; new tracks: {}</source>
        <translation>Importiert; neue Spuren: {}</translation>
    </message>
    <message>
        <source>Imported; new tracks: {}, shapes left out: {}</source>
        <translation>Importiert; neue Spuren: {}, ausgelassene Formen: {}</translation>
    </message>
</context>
<context>
    <name>EditorStatus</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>This project covers no frame</source>
        <translation>Dieses Projekt enthält kein Bild</translation>
    </message>
    <message>
        <source>Frame {frame} of {last}</source>
        <translation>Bild {frame} von {last}</translation>
    </message>
    <message>
        <source>marked {first} to {last}</source>
        <translation>markiert: {first} bis {last}</translation>
    </message>
    <message>
        <source>{work}: {done} of {steps}</source>
        <translation>{work}: {done} von {steps}</translation>
    </message>
    <message>
        <source>{tracks}   ·   {masks}, {seen} corrected or confirmed</source>
        <translation>{tracks}   ·   {masks}, {seen} korrigiert oder bestätigt</translation>
    </message>
</context>
<context>
    <name>EditorWindow</name>
    <message>
        <source>{} (read only)</source>
        <translation>{} (nur lesbar)</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Radius of brush and eraser; or Ctrl and the wheel over the picture</source>
        <translation>Radius von Pinsel und Radierer; oder Strg und Mausrad über dem Bild</translation>
    </message>
    <message>
        <source>No track passes the filter</source>
        <translation>Keine Spur passt zum Filter</translation>
    </message>
    <message>
        <source>No tracks yet: point at an object (W) or draw one (Insert)</source>
        <translation>Noch keine Spuren: auf ein Objekt zeigen (W) oder eines zeichnen (Einfg)</translation>
    </message>
    <message>
        <source>{} (a part of the video)</source>
        <translation>{} (ein Teil des Videos)</translation>
    </message>
</context>
<context>
    <name>Enabling</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>no mask was copied</source>
        <translation>keine Maske wurde kopiert</translation>
    </message>
    <message>
        <source>there is no repair to judge</source>
        <translation>es gibt keine Korrektur zu beurteilen</translation>
    </message>
    <message>
        <source>this project can only be read</source>
        <translation>dieses Projekt kann nur gelesen werden</translation>
    </message>
    <message>
        <source>the project is being changed</source>
        <translation>das Projekt wird gerade geändert</translation>
    </message>
    <message>
        <source>the project has no frames</source>
        <translation>das Projekt hat keine Bilder</translation>
    </message>
    <message>
        <source>select an object first</source>
        <translation>wählen Sie zuerst ein Objekt aus</translation>
    </message>
    <message>
        <source>the object has no mask in this frame</source>
        <translation>das Objekt hat in diesem Bild keine Maske</translation>
    </message>
    <message>
        <source>an object is being followed</source>
        <translation>ein Objekt wird gerade verfolgt</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Formats</source>
        <translation>Formate</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Files go to a folder named {}; those of an earlier export are replaced.</source>
        <translation>Die Dateien kommen in einen Ordner namens {}; die eines früheren Exports werden ersetzt.</translation>
    </message>
</context>
<context>
    <name>FollowedObjects</name>
    <message>
        <source>Nothing is followed</source>
        <translation>Nichts wird verfolgt</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Wird vorbereitet…</translation>
    </message>
    <message>
        <source>Perhaps not what you meant</source>
        <translation>Vielleicht nicht, was gemeint war</translation>
    </message>
    <message>
        <source>Nothing stands out there. Draw a box around it with Shift, or stop with Delete.</source>
        <translation>Dort hebt sich nichts ab. Mit Umschalt einen Rahmen darum ziehen oder mit Entf beenden.</translation>
    </message>
</context>
<context>
    <name>Follower</name>
    <message>
        <source>Follow to a frame</source>
        <translation>Bis zu einem Bild verfolgen</translation>
    </message>
    <message>
        <source>Up to frame ({first} to {last}):</source>
        <translation>Bis Bild ({first} bis {last}):</translation>
    </message>
    <message>
        <source>Following from both sides needs a keyframe before and after</source>
        <translation>Um von beiden Seiten zu verfolgen, braucht es davor und danach ein Schlüsselbild</translation>
    </message>
    <message>
        <source>There is no frame between the two keyframes</source>
        <translation>Zwischen den beiden Schlüsselbildern liegt kein Bild</translation>
    </message>
    <message>
        <source>An object is being followed already; Escape ends that</source>
        <translation>Es wird schon ein Objekt verfolgt; Escape beendet das</translation>
    </message>
    <message>
        <source>Following needs the video, and a project that can be changed</source>
        <translation>Zum Verfolgen braucht es das Video und ein Projekt, das geändert werden kann</translation>
    </message>
    <message>
        <source>Point at an object first, or select one that has a mask here</source>
        <translation>Erst auf ein Objekt zeigen oder eines wählen, das hier eine Maske hat</translation>
    </message>
    <message>
        <source>There is no frame to follow to within marks and scope</source>
        <translation>Innerhalb von Marken und Bereich gibt es kein Bild, bis zu dem verfolgt werden kann</translation>
    </message>
    <message>
        <source>Following {label} {track}</source>
        <translation>{label} {track} wird verfolgt</translation>
    </message>
    <message>
        <source>Following has ended, since it was undone</source>
        <translation>Das Verfolgen ist zu Ende, weil es rückgängig gemacht wurde</translation>
    </message>
    <message>
        <source>{text}; lost in frame {frames}</source>
        <translation>{text}; verloren in Bild {frames}</translation>
    </message>
    <message>
        <source>{text}; another scene in frame {frames}</source>
        <translation>{text}; andere Szene in Bild {frames}</translation>
    </message>
    <message>
        <source>Stopped in frame {frame}; kept: {count}</source>
        <translation>In Bild {frame} angehalten; behalten: {count}</translation>
    </message>
    <message>
        <source>Followed through {count}</source>
        <translation>Durch {count} verfolgt</translation>
    </message>
    <message>
        <source>Followed through {count}, up to a keyframe</source>
        <translation>Durch {count} verfolgt, bis zu einem Schlüsselbild</translation>
    </message>
</context>
<context>
    <name>FormatOptions</name>
    <message>
        <source>Options of these formats</source>
        <translation>Optionen dieser Formate</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Frames as pictures</source>
        <translation>Einzelbilder speichern</translation>
    </message>
    <message>
        <source>Masks of YouTube-VIS</source>
        <translation>Masken von YouTube-VIS</translation>
    </message>
    <message>
        <source>As readers expect</source>
        <translation>Wie üblich</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>Kurz</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>Lang</translation>
    </message>
    <message>
        <source>Shapes for annotation tools</source>
        <translation>Formen für Annotationsprogramme</translation>
    </message>
    <message>
        <source>Exact masks</source>
        <translation>Genaue Masken</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>Cut-outs with transparency</source>
        <translation>Freisteller mit Durchsichtigkeit</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>Matte</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Background of overlay and cut-out</source>
        <translation>Hintergrund von Overlay und Freisteller</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Bleibt</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Unscharf</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Overlays keep the picture; cut-outs are transparent</source>
        <translation>Overlays behalten das Bild; Freisteller sind durchsichtig</translation>
    </message>
    <message>
        <source>Polygons may be off by</source>
        <translation>Abweichung der Polygone bis</translation>
    </message>
    <message>
        <source>0 keeps every pixel; more makes fewer corners</source>
        <translation>0 behält jedes Pixel; mehr ergibt weniger Ecken</translation>
    </message>
    <message>
        <source>Compression of videos</source>
        <translation>Kompression der Videos</translation>
    </message>
    <message>
        <source>0 is lossless; more makes smaller and coarser files</source>
        <translation>0 ist verlustfrei; mehr ergibt kleinere und gröbere Dateien</translation>
    </message>
    <message>
        <source>A file for every track</source>
        <translation>Eine Datei für jede Spur</translation>
    </message>
    <message>
        <source>Of cut-outs and mattes</source>
        <translation>Von Freistellern und Matten</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>Bild wählen…</translation>
    </message>
    <message>
        <source>Choose colour…</source>
        <translation>Farbe wählen…</translation>
    </message>
    <message>
        <source>Background colour</source>
        <translation>Farbe des Hintergrunds</translation>
    </message>
    <message>
        <source>Images (*.png *.jpg *.jpeg *.bmp *.webp);;All files (*)</source>
        <translation>Bilder (*.png *.jpg *.jpeg *.bmp *.webp);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Background image</source>
        <translation>Hintergrundbild</translation>
    </message>
    <message>
        <source>TrackEval refuses instances.json with short masks</source>
        <translation>TrackEval lehnt instances.json mit kurzen Masken ab</translation>
    </message>
    <message>
        <source>TrackEval refuses results.json with long masks</source>
        <translation>TrackEval lehnt results.json mit langen Masken ab</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>Alle Klassen</translation>
    </message>
    <message>
        <source>MOTS: else people and cars only; YouTube-VIS: else those that occur</source>
        <translation>MOTS: sonst nur Personen und Autos; YouTube-VIS: sonst nur vorkommende</translation>
    </message>
</context>
<context>
    <name>JournalPanel</name>
    <message>
        <source>Journal</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Click an act to undo or redo up to it</source>
        <translation>Klicken Sie auf eine Änderung, um bis zu ihr rückgängig zu machen oder zu wiederholen</translation>
    </message>
</context>
<context>
    <name>LaneFilter</name>
    <message>
        <source>Classes in the timeline</source>
        <translation>Klassen in der Zeitleiste</translation>
    </message>
    <message>
        <source>Only tracks with doubts</source>
        <translation>Nur Spuren mit Zweifeln</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>Alle Klassen</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} von {all}</translation>
    </message>
</context>
<context>
    <name>LearnDialog</name>
    <message>
        <source>Learn from corrections</source>
        <translation>Aus Korrekturen lernen</translation>
    </message>
    <message>
        <source>Name of the new weights</source>
        <translation>Name der neuen Gewichte</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>Schritt {step} von {steps}</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>after</source>
        <translation>nachher</translation>
    </message>
    <message>
        <source>Mask accuracy on the held-out frames. Choose {} in the Network panel.</source>
        <translation>Genauigkeit der Masken in den zurückgehaltenen Bildern. Wählen Sie {} in der Leiste „Netz“.</translation>
    </message>
    <message>
        <source>The network learns from the frames in which you drew, changed or confirmed masks. A fifth of them is held out and shows whether it helped. This takes some minutes on a plain computer; you can go on working.</source>
        <translation>Das Netz lernt aus den Bildern, in denen Sie Masken gezeichnet, geändert oder bestätigt haben. Ein Fünftel davon bleibt außen vor und zeigt, ob es geholfen hat. Das dauert auf einem einfachen Rechner einige Minuten; Sie können weiterarbeiten.</translation>
    </message>
    <message>
        <source>Loading what the network learns with…</source>
        <translation>Was das Netz zum Lernen braucht, wird geladen…</translation>
    </message>
    <message>
        <source>Preparing the network…</source>
        <translation>Das Netz wird vorbereitet…</translation>
    </message>
    <message>
        <source>Measuring before and after…</source>
        <translation>Vorher und nachher werden gemessen…</translation>
    </message>
    <message>
        <source>Collecting corrected frames: {done} of {total}</source>
        <translation>Korrigierte Bilder werden gesammelt: {done} von {total}</translation>
    </message>
    <message>
        <source>Measuring before and after: picture {done} of {total}</source>
        <translation>Vorher und nachher werden gemessen: Bild {done} von {total}</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>track {n} was followed for {count} with a confidence of {m}%: delete its masks there</source>
        <translation>Spur {n} wurde durch {count} mit einer Konfidenz von {m} % verfolgt: ihre Masken dort löschen</translation>
    </message>
    <message>
        <source>tracks {n} and {m} seem to have changed places: swap them from frame {count} on</source>
        <translation>Spuren {n} und {m} scheinen die Plätze getauscht zu haben: ab Bild {count} tauschen</translation>
    </message>
    <message>
        <source>all frames</source>
        <translation>alle Bilder</translation>
    </message>
    <message>
        <source>frame {n} on</source>
        <translation>ab Bild {n}</translation>
    </message>
    <message>
        <source>up to frame {n}</source>
        <translation>bis Bild {n}</translation>
    </message>
    <message>
        <source>frame {n}</source>
        <translation>Bild {n}</translation>
    </message>
    <message>
        <source>frames {n} to {m}</source>
        <translation>Bilder {n} bis {m}</translation>
    </message>
    <message>
        <source>id switch</source>
        <translation>vertauschte Spuren</translation>
    </message>
    <message>
        <source>duplicate</source>
        <translation>doppelt</translation>
    </message>
    <message>
        <source>class flip</source>
        <translation>Klassenwechsel</translation>
    </message>
    <message>
        <source>area jump</source>
        <translation>Flächensprung</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>flicker</source>
        <translation>Flackern</translation>
    </message>
    <message>
        <source>gap</source>
        <translation>Lücke</translation>
    </message>
    <message>
        <source>relabel track {n} as {word}, {where}</source>
        <translation>Spur {n} zu {word} gemacht, {where}</translation>
    </message>
    <message>
        <source>add class {word}</source>
        <translation>Klasse {word} angelegt</translation>
    </message>
    <message>
        <source>rename class {word} to {other}</source>
        <translation>Klasse {word} in {other} umbenannt</translation>
    </message>
    <message>
        <source>name track {n} {word}</source>
        <translation>Spur {n} {word} genannt</translation>
    </message>
    <message>
        <source>hide track {n}</source>
        <translation>Spur {n} verborgen</translation>
    </message>
    <message>
        <source>show track {n}</source>
        <translation>Spur {n} wieder gezeigt</translation>
    </message>
    <message>
        <source>delete masks of track {n}, {where}</source>
        <translation>Masken von Spur {n} gelöscht, {where}</translation>
    </message>
    <message>
        <source>delete track {n}</source>
        <translation>Spur {n} gelöscht</translation>
    </message>
    <message>
        <source>swap tracks {n} and {m}, {where}</source>
        <translation>Spuren {n} und {m} getauscht, {where}</translation>
    </message>
    <message>
        <source>merge track {n} into {m}, {where}</source>
        <translation>Spur {n} mit {m} vereint, {where}</translation>
    </message>
    <message>
        <source>give masks of track {n} to {m}, {where}</source>
        <translation>Masken von Spur {n} an {m} abgegeben, {where}</translation>
    </message>
    <message>
        <source>split track {n}, {where}</source>
        <translation>Spur {n} geteilt, {where}</translation>
    </message>
    <message>
        <source>confirm track {n}, {where}</source>
        <translation>Spur {n} bestätigt, {where}</translation>
    </message>
    <message>
        <source>unconfirm track {n}, {where}</source>
        <translation>Bestätigung von Spur {n} zurückgenommen, {where}</translation>
    </message>
    <message>
        <source>draw track {n}, {where}</source>
        <translation>Spur {n} gezeichnet, {where}</translation>
    </message>
    <message>
        <source>follow track {n}, {where}</source>
        <translation>Spur {n} verfolgt, {where}</translation>
    </message>
    <message>
        <source>paint track {n}, {where}</source>
        <translation>Spur {n} gemalt, {where}</translation>
    </message>
    <message>
        <source>erase from track {n}, {where}</source>
        <translation>von Spur {n} radiert, {where}</translation>
    </message>
    <message>
        <source>add a polygon to track {n}, {where}</source>
        <translation>Polygon zu Spur {n} hinzugefügt, {where}</translation>
    </message>
    <message>
        <source>cut a polygon from track {n}, {where}</source>
        <translation>Polygon aus Spur {n} ausgeschnitten, {where}</translation>
    </message>
    <message>
        <source>fill holes of track {n}, {where}</source>
        <translation>Löcher von Spur {n} gefüllt, {where}</translation>
    </message>
    <message>
        <source>smooth track {n}, {where}</source>
        <translation>Spur {n} geglättet, {where}</translation>
    </message>
    <message>
        <source>move track {n}, {where}</source>
        <translation>Spur {n} verschoben, {where}</translation>
    </message>
    <message>
        <source>scale track {n} by {number}, {where}</source>
        <translation>Spur {n} um {number} vergrößert, {where}</translation>
    </message>
    <message>
        <source>interpolate track {n}, {where}</source>
        <translation>Spur {n} interpoliert, {where}</translation>
    </message>
    <message>
        <source>fill gaps of track {n}, {where}</source>
        <translation>Lücken von Spur {n} gefüllt, {where}</translation>
    </message>
    <message>
        <source>import masks</source>
        <translation>Masken importiert</translation>
    </message>
    <message>
        <source>re-blend ({word})</source>
        <translation>neu gemischt ({word})</translation>
    </message>
    <message>
        <source>reject {kind}, {where}</source>
        <translation>{kind} abgelehnt, {where}</translation>
    </message>
    <message>
        <source>{act} ({n} masks)</source>
        <translation>{act} ({n} Masken)</translation>
    </message>
    <message>
        <source>{act} (1 mask)</source>
        <translation>{act} (1 Maske)</translation>
    </message>
    <message>
        <source>{kind}: {act}</source>
        <translation>{kind}: {act}</translation>
    </message>
    <message>
        <source>track {n} is missing for {count}: interpolate</source>
        <translation>Spur {n} fehlt {count} lang: interpolieren</translation>
    </message>
    <message>
        <source>track {n} lives for {count} only: delete it</source>
        <translation>Spur {n} lebt nur {count} lang: löschen</translation>
    </message>
    <message>
        <source>track {n} vanishes {m} times: interpolate over the gaps</source>
        <translation>Spur {n} verschwindet {m}-mal: über die Lücken interpolieren</translation>
    </message>
    <message>
        <source>track {n} is {word} here, {other} in {m}% of its frames: relabel</source>
        <translation>Spur {n} ist hier {word}, in {m} % ihrer Bilder {other}: Klasse ändern</translation>
    </message>
    <message>
        <source>track {n} is {number} times off its usual area: interpolate over it</source>
        <translation>Spur {n} weicht um das {number}-fache von ihrer üblichen Fläche ab: darüber interpolieren</translation>
    </message>
    <message>
        <source>tracks {n} and {m} cover the same object (IoU {number}): merge</source>
        <translation>Spuren {n} und {m} bedecken dasselbe Objekt (IoU {number}): vereinen</translation>
    </message>
    <message>
        <source>track {n} seems to go on where track {m} ends: merge</source>
        <translation>Spur {n} scheint weiterzugehen, wo Spur {m} endet: vereinen</translation>
    </message>
    <message>
        <source>1 frame</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>{n} frames</source>
        <translation>{n} Bilder</translation>
    </message>
    <message>
        <source>{name}: too much for this computer, only keyframes are shown</source>
        <translation>{name}: zu viel für diesen Rechner, nur Schlüsselbilder werden gezeigt</translation>
    </message>
    <message>
        <source>{name}: lost, next try in {n} s ({reason})</source>
        <translation>{name}: verloren, nächster Versuch in {n} s ({reason})</translation>
    </message>
    <message>
        <source>{name}: lost, trying to connect again</source>
        <translation>{name}: verloren, wird neu verbunden</translation>
    </message>
    <message>
        <source>{name}: no picture for {n} s</source>
        <translation>{name}: seit {n} s kein Bild</translation>
    </message>
    <message>
        <source>{name}: {n} damaged packets skipped so far</source>
        <translation>{name}: bisher {n} beschädigte Pakete übersprungen</translation>
    </message>
    <message>
        <source>input {n} px</source>
        <translation>Eingabe {n} px</translation>
    </message>
    <message>
        <source>masks {n}</source>
        <translation>Masken {n}</translation>
    </message>
    <message>
        <source>network on 1 of {n} frames</source>
        <translation>Netz bei 1 von {n} Bildern</translation>
    </message>
    <message>
        <source>{name}: expected a video file ({kinds}), found something else or a damaged file ({reason})</source>
        <translation>{name}: Erwartet wird eine Videodatei ({kinds}), gefunden wurde etwas anderes oder eine beschädigte Datei ({reason})</translation>
    </message>
    <message>
        <source>{name}: no such file or folder; check the path</source>
        <translation>{name}: Datei oder Ordner gibt es nicht; prüfen Sie den Pfad</translation>
    </message>
    <message>
        <source>{name}: no such file, folder or camera; check the path</source>
        <translation>{name}: Datei, Ordner oder Kamera gibt es nicht; prüfen Sie den Namen</translation>
    </message>
    <message>
        <source>{name}: the file is empty</source>
        <translation>{name}: Die Datei ist leer</translation>
    </message>
    <message>
        <source>{name}: cannot be opened: {reason}</source>
        <translation>{name}: lässt sich nicht öffnen: {reason}</translation>
    </message>
    <message>
        <source>{name}: cannot be reached: {reason}</source>
        <translation>{name}: ist nicht zu erreichen: {reason}</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein-/Ausgabefehler</translation>
    </message>
    <message>
        <source>Invalid data found when processing input</source>
        <translation>ungültige Daten</translation>
    </message>
    <message>
        <source>draw track {n}, {count}</source>
        <translation>Spur {n} gezeichnet, {count}</translation>
    </message>
    <message>
        <source>propagated track {n}, {count}</source>
        <translation>Spur {n} übertragen, {count}</translation>
    </message>
    <message>
        <source>copy track {n} from frame {m}, {count}</source>
        <translation>Spur {n} von Bild {m} kopiert, {count}</translation>
    </message>
    <message>
        <source>reject {kind} of track {n}, {where}</source>
        <translation>abgelehnt: {kind}, Spur {n}, {where}</translation>
    </message>
    <message>
        <source>reject {kind} of tracks {n} and {m}, {where}</source>
        <translation>abgelehnt: {kind}, Spuren {n} und {m}, {where}</translation>
    </message>
    <message>
        <source>{name}: 1 damaged packet skipped so far</source>
        <translation>{name}: bisher 1 beschädigtes Paket übersprungen</translation>
    </message>
    <message>
        <source>{name}: the source was moved or deleted; tell the project where it is now</source>
        <translation>{name}: Die Quelle wurde verschoben oder gelöscht; zeigen Sie dem Projekt, wo sie jetzt ist</translation>
    </message>
    <message>
        <source>opened for reading only</source>
        <translation>nur zum Lesen geöffnet</translation>
    </message>
    <message>
        <source>open in another program, so only for reading here</source>
        <translation>in einem anderen Programm geöffnet, deshalb hier nur lesbar</translation>
    </message>
    <message>
        <source>its folder cannot be written to ({reason})</source>
        <translation>in seinen Ordner kann nicht geschrieben werden ({reason})</translation>
    </message>
    <message>
        <source>the file is write-protected</source>
        <translation>die Datei ist schreibgeschützt</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Dateisystem nur lesbar</translation>
    </message>
    <message>
        <source>track {n} has masks on one side of the cut only: go to the frame at which the second object begins</source>
        <translation>Spur {n} hat nur auf einer Seite des Schnitts Masken: gehen Sie zu dem Bild, mit dem das zweite Objekt beginnt</translation>
    </message>
</context>
<context>
    <name>LiveController</name>
    <message>
        <source>Opening {}</source>
        <translation>{} wird geöffnet</translation>
    </message>
    <message>
        <source>Trouble with the source</source>
        <translation>Schwierigkeiten mit der Quelle</translation>
    </message>
    <message>
        <source>Following ended</source>
        <translation>Das Verfolgen ist beendet</translation>
    </message>
    <message>
        <source>This is another source; point at what shall be followed in it.</source>
        <translation>Das ist eine andere Quelle; zeigen Sie auf das, was darin verfolgt werden soll.</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>The current frame with its masks; click an object to see how it was made, or anything else to follow it</source>
        <translation>Das aktuelle Bild mit seinen Masken; klicken Sie auf ein Objekt, um zu sehen, wie es entstand, oder auf etwas anderes, um es zu verfolgen</translation>
    </message>
</context>
<context>
    <name>LookPanel</name>
    <message>
        <source>Fill of the masks</source>
        <translation>Füllung der Masken</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Kontrast</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>Wie zuvor</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Loading</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Open a video, or drop one here</source>
        <translation>Ein Video öffnen oder hierher ziehen</translation>
    </message>
    <message>
        <source>Not possible</source>
        <translation>Nicht möglich</translation>
    </message>
    <message>
        <source>Completing the recording…</source>
        <translation>Die Aufnahme wird abgeschlossen…</translation>
    </message>
    <message>
        <source>One is shown at a time; the others are in Source &gt; Recent.</source>
        <translation>Eine wird auf einmal gezeigt; die anderen stehen unter Quelle &gt; Zuletzt geöffnet.</translation>
    </message>
    <message>
        <source>{} sources</source>
        <translation>{} Quellen</translation>
    </message>
</context>
<context>
    <name>MaskClipboard</name>
    <message>
        <source>There is no mask to copy</source>
        <translation>Es gibt keine Maske zum Kopieren</translation>
    </message>
    <message>
        <source>Choose a frame in which the selected track has a mask.</source>
        <translation>Wählen Sie ein Bild, in dem die ausgewählte Spur eine Maske hat.</translation>
    </message>
</context>
<context>
    <name>MicroscopePanel</name>
    <message>
        <source>Save picture…</source>
        <translation>Bild speichern…</translation>
    </message>
    <message>
        <source>Record video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>No object chosen</source>
        <translation>Kein Objekt gewählt</translation>
    </message>
    <message>
        <source>Click an object in the picture.</source>
        <translation>Klicken Sie auf ein Objekt im Bild.</translation>
    </message>
    <message>
        <source>The object is not in this frame.</source>
        <translation>Das Objekt ist nicht in diesem Bild.</translation>
    </message>
    <message>
        <source>Stop video</source>
        <translation>Video beenden</translation>
    </message>
    <message>
        <source>Followed: this mask was asked for, not blended.</source>
        <translation>Verfolgt: Diese Maske wurde erfragt, nicht gemischt.</translation>
    </message>
</context>
<context>
    <name>MicroscopeView</name>
    <message>
        <source>Blending microscope</source>
        <translation>Mischungs-Mikroskop</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>Bases</source>
        <translation>Basen</translation>
    </message>
    <message>
        <source>Products</source>
        <translation>Produkte</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>Summe</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Share of each base in the mask: </source>
        <translation>Anteil jeder Basis an der Maske: </translation>
    </message>
    <message>
        <source>Shown are the bases that count most here; the sum is that of all.</source>
        <translation>Gezeigt sind die Basen, die hier am meisten zählen; die Summe ist die von allen.</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>Objects that the network is less sure of are left out</source>
        <translation>Objekte, bei denen das Netz weniger sicher ist, entfallen</translation>
    </message>
    <message>
        <source>Mask threshold</source>
        <translation>Maskenschwelle</translation>
    </message>
    <message>
        <source>Probability from which a pixel belongs to an object</source>
        <translation>Wahrscheinlichkeit, ab der ein Pixel zu einem Objekt gehört</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>Eingabegröße</translation>
    </message>
    <message>
        <source>The frame&apos;s shorter side as the network sees it: larger finds smaller objects</source>
        <translation>Die kürzere Seite des Bildes, wie das Netz es sieht: größer findet kleinere Objekte</translation>
    </message>
    <message>
        <source>Mask size</source>
        <translation>Maskengröße</translation>
    </message>
    <message>
        <source>Cells of a mask along each side of its box</source>
        <translation>Zellen einer Maske entlang jeder Seite ihres Rahmens</translation>
    </message>
    <message>
        <source>Hold frame rate</source>
        <translation>Bildrate halten</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Lowers the quality as far as needed to hold this rate</source>
        <translation>Senkt die Qualität so weit, wie es für diese Rate nötig ist</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Ausführung</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Weights file…</source>
        <translation>Gewichtsdatei…</translation>
    </message>
    <message>
        <source>Search classes</source>
        <translation>Klassen suchen</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Only the found ones</source>
        <translation>Nur die gefundenen</translation>
    </message>
    <message>
        <source>Look only for classes that the search shows</source>
        <translation>Nur nach Klassen suchen, die die Suche zeigt</translation>
    </message>
    <message>
        <source>Thresholds</source>
        <translation>Schwellen</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Cost per frame: measured while objects are seen</source>
        <translation>Kosten je Bild: werden gemessen, sobald Objekte zu sehen sind</translation>
    </message>
    <message>
        <source>Cost per frame  </source>
        <translation>Kosten je Bild  </translation>
    </message>
    <message>
        <source>Weights (*.safetensors);;All files (*)</source>
        <translation>Gewichte (*.safetensors);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Weights file</source>
        <translation>Gewichtsdatei</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Kleinste Konfidenz</translation>
    </message>
    <message>
        <source>Measured in this video; for sizes not used yet: measured with eight objects</source>
        <translation>In diesem Video gemessen; für noch nicht benutzte Größen: mit acht Objekten gemessen</translation>
    </message>
    <message>
        <source>Second, zoomed look at objects</source>
        <translation>Objekte ein zweites Mal, vergrößert ansehen</translation>
    </message>
    <message>
        <source>Finer masks: the surest objects first, as many as the time of a frame allows; all while a file is recorded</source>
        <translation>Feinere Masken: zuerst die sichersten Objekte, so viele, wie die Zeit eines Bildes erlaubt; alle, während eine Datei aufgenommen wird</translation>
    </message>
    <message>
        <source>Cost per object: measured while objects are seen</source>
        <translation>Kosten je Objekt: gemessen, sobald Objekte zu sehen sind</translation>
    </message>
    <message>
        <source>Cost per object  {:.1f} ms</source>
        <translation>Kosten je Objekt  {:.1f} ms</translation>
    </message>
</context>
<context>
    <name>Pictures</name>
    <message>
        <source>Picture copied</source>
        <translation>Bild kopiert</translation>
    </message>
    <message>
        <source>Paste it where you need it.</source>
        <translation>Fügen Sie es ein, wo Sie es brauchen.</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Picture saved</source>
        <translation>Bild gespeichert</translation>
    </message>
    <message>
        <source>The picture was not saved</source>
        <translation>Das Bild wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>{}: cannot be written; choose another folder</source>
        <translation>{}: kann nicht geschrieben werden; wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>Record video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>Video saved</source>
        <translation>Video gespeichert</translation>
    </message>
    <message>
        <source>{path}: {reason}. What was written until then is kept.</source>
        <translation>{path}: {reason}. Was bis dahin geschrieben wurde, bleibt.</translation>
    </message>
    <message>
        <source>The microscope is not recorded any more</source>
        <translation>Das Mikroskop wird nicht mehr aufgenommen</translation>
    </message>
</context>
<context>
    <name>PlaybackBar</name>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Frame number</source>
        <translation>Bildnummer</translation>
    </message>
    <message>
        <source>Frame number; type one to go there</source>
        <translation>Bildnummer; eine eingeben, um dorthin zu gehen</translation>
    </message>
    <message>
        <source>● LIVE</source>
        <translation>● LIVE</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>Bild</translation>
    </message>
</context>
<context>
    <name>PointedPicture</name>
    <message>
        <source>The project cannot be changed now</source>
        <translation>Das Projekt kann jetzt nicht geändert werden</translation>
    </message>
    <message>
        <source>Without the video there is nothing to point at</source>
        <translation>Ohne das Video gibt es nichts, worauf zu zeigen wäre</translation>
    </message>
    <message>
        <source>The picture is being read</source>
        <translation>Das Bild wird noch gelesen</translation>
    </message>
    <message>
        <source>The picture has another size than the project says</source>
        <translation>Das Bild hat eine andere Größe, als im Projekt steht</translation>
    </message>
    <message>
        <source>The selected track is hidden: show it with H, or press Escape</source>
        <translation>Die gewählte Spur ist verborgen: mit H zeigen oder Escape drücken</translation>
    </message>
</context>
<context>
    <name>Pointing</name>
    <message>
        <source>Pointing does not work: {}</source>
        <translation>Das Zeigen geht nicht: {}</translation>
    </message>
    <message>
        <source>There is nothing to take away from: click on an object first</source>
        <translation>Es gibt noch nichts, wovon etwas wegzunehmen wäre: erst auf ein Objekt klicken</translation>
    </message>
    <message>
        <source>This click replaces the opposite one at the same place</source>
        <translation>Dieser Klick ersetzt den entgegengesetzten an derselben Stelle</translation>
    </message>
    <message>
        <source>The box lies outside the picture</source>
        <translation>Der Rahmen liegt außerhalb des Bildes</translation>
    </message>
    <message>
        <source>Outside the picture there is nothing to point at</source>
        <translation>Außerhalb des Bildes gibt es nichts, worauf zu zeigen wäre</translation>
    </message>
    <message>
        <source>There is no mask to keep: draw a box, or click elsewhere</source>
        <translation>Es gibt keine Maske zu behalten: einen Rahmen ziehen oder anderswo klicken</translation>
    </message>
    <message>
        <source>Kept as {label} {track}, frame {frame}; Ctrl+Z takes it back</source>
        <translation>Behalten als {label} {track}, Bild {frame}; Strg+Z nimmt es zurück</translation>
    </message>
    <message>
        <source>Only a first click has other sizes: add or take away instead</source>
        <translation>Nur ein erster Klick hat andere Größen: stattdessen hinzufügen oder wegnehmen</translation>
    </message>
</context>
<context>
    <name>PointingBar</name>
    <message>
        <source>How much of the mask is expected to be right</source>
        <translation>Wie viel von der Maske voraussichtlich stimmt</translation>
    </message>
    <message>
        <source>&amp;Class</source>
        <translation>&amp;Klasse</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep the mask (Return)</source>
        <translation>Die Maske behalten (Eingabetaste)</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Drop the mask (Escape)</source>
        <translation>Die Maske verwerfen (Escape)</translation>
    </message>
    <message>
        <source>Following: Escape ends it, what is done is kept</source>
        <translation>Wird verfolgt: Escape beendet es, was getan ist, bleibt</translation>
    </message>
    <message>
        <source>Click adds, Alt or right click takes away, Backspace undoes a click</source>
        <translation>Klick dazu, Alt oder Rechtsklick weg, Rücktaste zurück</translation>
    </message>
    <message>
        <source>Click on an object, or draw a box around it</source>
        <translation>Auf ein Objekt klicken oder einen Rahmen darum ziehen</translation>
    </message>
    <message>
        <source>Clicks correct {label} {track}; Escape begins a new object</source>
        <translation>Klicks korrigieren {label} {track}; Escape beginnt ein neues Objekt</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Verfolgen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Both ways</source>
        <translation>Beide</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Vor</translation>
    </message>
    <message>
        <source>Clicks draw {label} {track} here; Escape begins a new object</source>
        <translation>Klicks zeichnen {label} {track} hier; Escape beginnt ein neues Objekt</translation>
    </message>
    <message>
        <source>Likely classes first; or write a new one, or choose with 1 to 9 and Q</source>
        <translation>Wahrscheinliche Klassen zuerst; oder eine neue eintragen oder mit 1 bis 9 und Q wählen</translation>
    </message>
    <message>
        <source>Looking for the object…</source>
        <translation>Das Objekt wird gesucht…</translation>
    </message>
    <message>
        <source>Getting ready… A click counts already</source>
        <translation>Wird vorbereitet… Ein Klick zählt schon</translation>
    </message>
    <message>
        <source>&amp;Class, unsure</source>
        <translation>&amp;Klasse, unsicher</translation>
    </message>
    <message>
        <source>looking…</source>
        <translation>wird gesucht…</translation>
    </message>
    <message>
        <source>Nothing stands out here: draw a box around what you mean</source>
        <translation>Hier hebt sich nichts ab: einen Rahmen um das ziehen, was gemeint ist</translation>
    </message>
    <message>
        <source>Unsure what is meant: click more, draw a box, or try [ and ]</source>
        <translation>Unsicher, was gemeint ist: weiter klicken, einen Rahmen ziehen oder [ und ] versuchen</translation>
    </message>
</context>
<context>
    <name>PreviewBar</name>
    <message>
        <source>Look there</source>
        <translation>Dort ansehen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Keep until here</source>
        <translation>Bis hier behalten</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep all of it (Return)</source>
        <translation>Alles behalten (Eingabetaste)</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Drop it (Escape)</source>
        <translation>Verwerfen (Esc)</translation>
    </message>
    <message>
        <source>unsure from frame {frame} on ({confidence})</source>
        <translation>unsicher ab Bild {frame} ({confidence})</translation>
    </message>
    <message>
        <source>, up to a keyframe</source>
        <translation>, bis zu einem Schlüsselbild</translation>
    </message>
    <message>
        <source>, lost after frame {frame}</source>
        <translation>, nach Bild {frame} verloren</translation>
    </message>
    <message>
        <source>{track}: propagated through {count}</source>
        <translation>{track}: durch {count} übertragen</translation>
    </message>
</context>
<context>
    <name>Projects</name>
    <message>
        <source>Nothing to annotate</source>
        <translation>Nichts zu annotieren</translation>
    </message>
    <message>
        <source>Open a video file first. Live sources are recorded with R.</source>
        <translation>Öffnen Sie zuerst eine Videodatei. Live-Quellen nehmen Sie mit R auf.</translation>
    </message>
</context>
<context>
    <name>ReblendDialog</name>
    <message>
        <source>as it is</source>
        <translation>wie es ist</translation>
    </message>
    <message>
        <source>Needs bases and attention; annotate again and keep them</source>
        <translation>Braucht Basen und Attention; annotieren Sie erneut und behalten Sie sie</translation>
    </message>
    <message>
        <source>Probability from which a pixel is in the mask</source>
        <translation>Wahrscheinlichkeit, ab der ein Pixel in der Maske ist</translation>
    </message>
    <message>
        <source>Mask size</source>
        <translation>Maskengröße</translation>
    </message>
    <message>
        <source>Mask threshold</source>
        <translation>Maskenschwelle</translation>
    </message>
    <message>
        <source>Least score</source>
        <translation>Kleinste Konfidenz</translation>
    </message>
    <message>
        <source>Re-blend</source>
        <translation>Neu mischen</translation>
    </message>
    <message>
        <source>Makes the network&apos;s masks again with other settings, without running the network. Masks that you drew, changed or confirmed stay. This can be undone.</source>
        <translation>Macht die Masken des Netzes mit anderen Einstellungen neu, ohne das Netz noch einmal laufen zu lassen. Masken, die Sie gezeichnet, geändert oder bestätigt haben, bleiben. Das lässt sich rückgängig machen.</translation>
    </message>
    <message>
        <source>Tracks that never reach it are removed</source>
        <translation>Spuren, die sie nie erreichen, werden entfernt</translation>
    </message>
</context>
<context>
    <name>RecordPanel</name>
    <message>
        <source>The picture as it is shown (video)</source>
        <translation>Das Bild, wie es gezeigt wird (Video)</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Clean frames and masks, in these formats:</source>
        <translation>Unveränderte Bilder und Masken, in diesen Formaten:</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Recording…</source>
        <translation>Aufnahme läuft…</translation>
    </message>
    <message>
        <source>   {} left out</source>
        <translation>   {} ausgelassen</translation>
    </message>
    <message>
        <source>Folder for recordings</source>
        <translation>Ordner für Aufnahmen</translation>
    </message>
    <message>
        <source>   {:.1f} MB</source>
        <translation>   {:.1f} MB</translation>
    </message>
</context>
<context>
    <name>Recorder</name>
    <message>
        <source>Choose a format, or the picture as it is shown</source>
        <translation>Wählen Sie ein Format oder das Bild, wie es gezeigt wird</translation>
    </message>
    <message>
        <source>This cannot be recorded</source>
        <translation>Das kann nicht aufgenommen werden</translation>
    </message>
    <message>
        <source>{path}: {reason}. What was written until then is kept.</source>
        <translation>{path}: {reason}. Was bis dahin geschrieben wurde, bleibt.</translation>
    </message>
    <message>
        <source>What is shown is not recorded any more</source>
        <translation>Das Gezeigte wird nicht mehr aufgenommen</translation>
    </message>
    <message>
        <source> ({file} ends early: {reason})</source>
        <translation> ({file} endet vorzeitig: {reason})</translation>
    </message>
    <message>
        <source>Recording saved</source>
        <translation>Aufnahme gespeichert</translation>
    </message>
    <message>
        <source> ({} ended early)</source>
        <translation> ({} endete vorzeitig)</translation>
    </message>
    <message>
        <source> The rest is still being recorded.</source>
        <translation> Alles andere wird weiter aufgenommen.</translation>
    </message>
    <message>
        <source>{} is not recorded any more</source>
        <translation>{} wird nicht mehr aufgenommen</translation>
    </message>
    <message>
        <source>Nothing is playing that could be recorded</source>
        <translation>Es läuft nichts, was aufgenommen werden könnte</translation>
    </message>
    <message>
        <source>Open a camera, video or stream first.</source>
        <translation>Öffnen Sie zuerst eine Kamera, ein Video oder einen Stream.</translation>
    </message>
    <message>
        <source>Play the video first (Space), then record.</source>
        <translation>Spielen Sie das Video erst ab (Leertaste), dann nehmen Sie auf.</translation>
    </message>
    <message>
        <source> (1 picture left out: the encoder was too slow)</source>
        <translation> (1 Bild ausgelassen: die Kodierung war zu langsam)</translation>
    </message>
    <message>
        <source> ({count} pictures left out: the encoder was too slow)</source>
        <translation> ({count} Bilder ausgelassen: die Kodierung war zu langsam)</translation>
    </message>
</context>
<context>
    <name>RepairsPanel</name>
    <message>
        <source>Looking for doubtful places…</source>
        <translation>Zweifelhafte Stellen werden gesucht…</translation>
    </message>
    <message>
        <source>Suggested repairs</source>
        <translation>Vorgeschlagene Korrekturen</translation>
    </message>
    <message>
        <source>1 place to look at</source>
        <translation>1 Stelle zum Ansehen</translation>
    </message>
    <message>
        <source>Nothing looks wrong</source>
        <translation>Nichts sieht falsch aus</translation>
    </message>
    <message>
        <source>{count} places to look at</source>
        <translation>{count} Stellen zum Ansehen</translation>
    </message>
</context>
<context>
    <name>SeekSlider</name>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Frame {}</source>
        <translation>Bild {}</translation>
    </message>
</context>
<context>
    <name>SendPanel</name>
    <message>
        <source>Addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>To the virtual camera</source>
        <translation>An die virtuelle Kamera</translation>
    </message>
    <message>
        <source>The picture without masks</source>
        <translation>Das Bild ohne Masken</translation>
    </message>
    <message>
        <source>Sound of the source</source>
        <translation>Ton der Quelle</translation>
    </message>
    <message>
        <source>Receivers of events</source>
        <translation>Empfänger der Ereignisse</translation>
    </message>
    <message>
        <source>Events of</source>
        <translation>Ereignisse von</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>Beides</translation>
    </message>
    <message>
        <source>Lines and areas</source>
        <translation>Linien und Flächen</translation>
    </message>
    <message>
        <source>Send the picture to</source>
        <translation>Bild senden an</translation>
    </message>
    <message>
        <source>Send events to</source>
        <translation>Ereignisse senden an</translation>
    </message>
    <message>
        <source>Draw a line</source>
        <translation>Linie zeichnen</translation>
    </message>
    <message>
        <source>Draw an area</source>
        <translation>Fläche zeichnen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Several are separated by blanks; &quot;quotes&quot; hold one with blanks together</source>
        <translation>Mehrere werden durch Leerzeichen getrennt; &quot;Anführungszeichen&quot; halten eine mit Leerzeichen zusammen</translation>
    </message>
</context>
<context>
    <name>Sending</name>
    <message>
        <source>line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Stop sending</source>
        <translation>Nicht mehr senden</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>{target}: {sent} sent, {lost} left out</source>
        <translation>{target}: {sent} gesendet, {lost} ausgelassen</translation>
    </message>
    <message>
        <source>sending</source>
        <translation>sendet</translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation>verbindet…</translation>
    </message>
    <message>
        <source>Nothing to draw on</source>
        <translation>Nichts, worauf gezeichnet werden kann</translation>
    </message>
    <message>
        <source>Open a source first.</source>
        <translation>Öffnen Sie zuerst eine Quelle.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Shortcut</source>
        <translation>Kürzel</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Kürzel</translation>
    </message>
    <message>
        <source>New shortcut</source>
        <translation>Neues Kürzel</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>Take the shortcut away</source>
        <translation>Kürzel entfernen</translation>
    </message>
    <message>
        <source>New shortcut:</source>
        <translation>Neues Kürzel:</translation>
    </message>
</context>
<context>
    <name>ShownRecording</name>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Stop  {}</source>
        <translation>Stopp  {}</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>&amp;Source</source>
        <translation>&amp;Quelle</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>No camera found</source>
        <translation>Keine Kamera gefunden</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>Videos ({});;Images (*.png *.jpg *.jpeg *.bmp *.webp *.tif);;All files (*)</source>
        <translation>Videos ({});;Bilder (*.png *.jpg *.jpeg *.bmp *.webp *.tif);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open video</source>
        <translation>Video öffnen</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Annotation projects (*.bml)</source>
        <translation>Annotationsprojekte (*.bml)</translation>
    </message>
    <message>
        <source>Open folder of images</source>
        <translation>Ordner mit Bildern öffnen</translation>
    </message>
    <message>
        <source>Open address</source>
        <translation>Adresse öffnen</translation>
    </message>
    <message>
        <source>Address of a stream (rtsp, http, udp, srt):</source>
        <translation>Adresse eines Streams (rtsp, http, udp, srt):</translation>
    </message>
</context>
<context>
    <name>StageChartDialog</name>
    <message>
        <source>Times of the stages</source>
        <translation>Zeiten der Stufen</translation>
    </message>
    <message>
        <source>Bright: the median per frame. Pale: the worst in 100.</source>
        <translation>Kräftig: der Median je Bild. Blass: der schlechteste von 100.</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Frames per second: read, segmented, shown</source>
        <translation>Bilder pro Sekunde: gelesen, segmentiert, gezeigt</translation>
    </message>
    <message>
        <source>Age of a frame when it is shown: the usual one and the worst in 100</source>
        <translation>Alter eines Bildes, wenn es gezeigt wird: üblich und das schlechteste von 100</translation>
    </message>
    <message>
        <source>Frames left out because newer ones were there</source>
        <translation>Bilder, die ausgelassen wurden, weil neuere da waren</translation>
    </message>
    <message>
        <source>What was lowered to hold the frame rate</source>
        <translation>Was gesenkt wurde, um die Bildrate zu halten</translation>
    </message>
    <message>
        <source>Where and how the network runs</source>
        <translation>Wo und wie das Netz läuft</translation>
    </message>
    <message>
        <source>Memory of this program</source>
        <translation>Speicher dieses Programms</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>How long each stage takes</source>
        <translation>Wie lange jede Stufe braucht</translation>
    </message>
    <message>
        <source>{:.0f} MB</source>
        <translation>{:.0f} MB</translation>
    </message>
    <message>
        <source> + {:.0f} MB GPU</source>
        <translation> + {:.0f} MB GPU</translation>
    </message>
    <message>
        <source>source {:.0f}  ·  network {:.0f}  ·  shown {:.0f} fps</source>
        <translation>Quelle {:.0f}  ·  Netz {:.0f}  ·  gezeigt {:.0f} fps</translation>
    </message>
    <message>
        <source>age {:.0f} ms, p99 {:.0f} ms</source>
        <translation>Alter {:.0f} ms, p99 {:.0f} ms</translation>
    </message>
    <message>
        <source>{} dropped</source>
        <translation>{} ausgelassen</translation>
    </message>
    <message>
        <source>What is shown goes to other programs</source>
        <translation>Was zu sehen ist, geht an andere Programme</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>detected</source>
        <translation>erkannt</translation>
    </message>
    <message>
        <source>coasted</source>
        <translation>überbrückt</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>interpolated</source>
        <translation>interpoliert</translation>
    </message>
    <message>
        <source>propagated</source>
        <translation>übertragen</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>keyframe</source>
        <translation>Schlüsselbild</translation>
    </message>
</context>
<context>
    <name>TrackActs</name>
    <message>
        <source>Merge with</source>
        <translation>Verbinden mit</translation>
    </message>
    <message>
        <source>Swap with</source>
        <translation>Tauschen mit</translation>
    </message>
    <message>
        <source>Give to</source>
        <translation>Geben an</translation>
    </message>
    <message>
        <source>Delete {count} masks</source>
        <translation>{count} Masken löschen</translation>
    </message>
    <message>
        <source>Delete the mask, {frame}</source>
        <translation>Maske löschen, {frame}</translation>
    </message>
    <message>
        <source>Delete here</source>
        <translation>Hier löschen</translation>
    </message>
    <message>
        <source>Hide, also from exports</source>
        <translation>Verbergen, auch in Exporten</translation>
    </message>
    <message>
        <source>Split off</source>
        <translation>Abtrennen</translation>
    </message>
    <message>
        <source>Merge with…</source>
        <translation>Vereinen mit…</translation>
    </message>
    <message>
        <source>Swap with…</source>
        <translation>Tauschen mit…</translation>
    </message>
    <message>
        <source>Give its masks to…</source>
        <translation>Masken abgeben an…</translation>
    </message>
    <message>
        <source>Nothing to interpolate between</source>
        <translation>Nichts, wozwischen interpoliert werden kann</translation>
    </message>
    <message>
        <source>Confirm (Return) or draw a mask before and one after the others.</source>
        <translation>Bestätigen (Eingabetaste) oder zeichnen Sie eine Maske vor und eine nach den anderen.</translation>
    </message>
    <message>
        <source>{track}, {frames}</source>
        <translation>{track}, {frames}</translation>
    </message>
    <message>
        <source>Merge {under} into {before}, {frames}</source>
        <translation>{under} in {before} aufgehen lassen, {frames}</translation>
    </message>
    <message>
        <source>Swap {under} and {before}, {frames}</source>
        <translation>{under} und {before} tauschen, {frames}</translation>
    </message>
    <message>
        <source>Give masks of {under} to {before}, {frames}</source>
        <translation>Masken von {under} an {before} abgeben, {frames}</translation>
    </message>
    <message>
        <source>{what}, {frames}</source>
        <translation>{what}, {frames}</translation>
    </message>
    <message>
        <source>Show again, also in exports</source>
        <translation>Wieder zeigen, auch in Exporten</translation>
    </message>
    <message>
        <source>Delete masks</source>
        <translation>Masken löschen</translation>
    </message>
    <message>
        <source>Delete 1 mask</source>
        <translation>1 Maske löschen</translation>
    </message>
    <message>
        <source>There is no gap of at most {longest} frames</source>
        <translation>Es gibt keine Lücke von höchstens {longest} Bildern</translation>
    </message>
    <message>
        <source>Looked at: {frames}. For longer ones, set keyframes and interpolate.</source>
        <translation>Gesucht: {frames}. Bei längeren helfen Schlüsselbilder und Interpolieren.</translation>
    </message>
    <message>
        <source>the object has no mask in: {}</source>
        <translation>das Objekt hat hier keine Maske: {}</translation>
    </message>
</context>
<context>
    <name>TrackPanel</name>
    <message>
        <source>Choose a class, or write a new one</source>
        <translation>Eine Klasse wählen oder eine neue schreiben</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>Hier</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>Ab hier</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>Marken</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Edits change</source>
        <translation>Änderungen betreffen</translation>
    </message>
    <message>
        <source>Which frames an edit of the track changes; marks are set with I and O</source>
        <translation>Welche Bilder eine Änderung der Spur betrifft; Marken setzen Sie mit I und O</translation>
    </message>
    <message>
        <source>Edits of the track change</source>
        <translation>Änderungen der Spur betreffen</translation>
    </message>
    <message>
        <source>Who it is</source>
        <translation>Wer es ist</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>Fill frames between</source>
        <translation>Bilder dazwischen füllen</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>Copy to next</source>
        <translation>Ins nächste Bild</translation>
    </message>
    <message>
        <source>Follow both ways</source>
        <translation>Beidseitig verfolgen</translation>
    </message>
    <message>
        <source>Follow between</source>
        <translation>Dazwischen verfolgen</translation>
    </message>
    <message>
        <source>Propagate back</source>
        <translation>Zurück übertragen</translation>
    </message>
    <message>
        <source>Propagate on</source>
        <translation>Weiter übertragen</translation>
    </message>
</context>
<context>
    <name>TrackerPanel</name>
    <message>
        <source>Follow objects from frame to frame</source>
        <translation>Objekte von Bild zu Bild verfolgen</translation>
    </message>
    <message>
        <source>Remember lost objects</source>
        <translation>Verlorene Objekte merken</translation>
    </message>
    <message>
        <source>How long an object may be hidden and still keep its number</source>
        <translation>Wie lange ein Objekt verdeckt sein und seine Nummer behalten darf</translation>
    </message>
    <message>
        <source>Sightings before a number is given</source>
        <translation>Sichtungen bis zur Nummer</translation>
    </message>
    <message>
        <source>More suppresses flicker, fewer shows new objects sooner</source>
        <translation>Mehr unterdrückt Flackern, weniger zeigt neue Objekte früher</translation>
    </message>
    <message>
        <source>Smallest overlap</source>
        <translation>Kleinste Überdeckung</translation>
    </message>
    <message>
        <source>Find again within</source>
        <translation>Wiederfinden innerhalb</translation>
    </message>
    <message>
        <source>{:.1f} sizes</source>
        <translation>{:.1f} Größen</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>How far from where it was lost, in sizes of the object</source>
        <translation>Wie weit vom Ort des Verlusts, in Größen des Objekts</translation>
    </message>
    <message>
        <source>Bridge missed frames</source>
        <translation>Lücken überbrücken</translation>
    </message>
    <message>
        <source>Masks of missed objects are blended from the new frame&apos;s bases</source>
        <translation>Masken verpasster Objekte werden aus den Basen des neuen Bildes gemischt</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>Voreinstellung</translation>
    </message>
    <message>
        <source>Tracker</source>
        <translation>Tracker</translation>
    </message>
    <message>
        <source>Between a mask and its predicted place</source>
        <translation>Zwischen einer Maske und ihrem vorhergesagten Ort</translation>
    </message>
    <message>
        <source>Changes take effect with the next frame; known tracks stay.</source>
        <translation>Änderungen gelten ab dem nächsten Bild; bekannte Spuren bleiben.</translation>
    </message>
</context>
<context>
    <name>TracksPanel</name>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>H hides, S shows alone, Enter selects</source>
        <translation>H verbirgt, S zeigt allein, Eingabe wählt</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Hide (H)</source>
        <translation>Verbergen (H)</translation>
    </message>
    <message>
        <source>Show (H)</source>
        <translation>Zeigen (H)</translation>
    </message>
    <message>
        <source>Show alone (S)</source>
        <translation>Allein zeigen (S)</translation>
    </message>
    <message>
        <source>followed, lost</source>
        <translation>verfolgt, verloren</translation>
    </message>
    <message>
        <source>followed</source>
        <translation>verfolgt</translation>
    </message>
    <message>
        <source>followed, unsure</source>
        <translation>verfolgt, unsicher</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>The current frame with its masks; click an object to see how it was made</source>
        <translation>Das aktuelle Bild mit seinen Masken; klicken Sie auf ein Objekt, um zu sehen, wie es entstand</translation>
    </message>
</context>
<context>
    <name>ViewActs</name>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Every edit is on the disk as soon as it is seen: {}</source>
        <translation>Jede Änderung ist auf der Festplatte, sobald sie zu sehen ist: {}</translation>
    </message>
    <message>
        <source>Saved, always</source>
        <translation>Gespeichert, immer</translation>
    </message>
    <message>
        <source>Go to frame</source>
        <translation>Gehe zu Bild</translation>
    </message>
    <message>
        <source>Frame ({first} to {last}):</source>
        <translation>Bild ({first} bis {last}):</translation>
    </message>
</context>
<context>
    <name>ZoneLayer</name>
    <message>
        <source>Click the corners; a double click or Return ends it, Escape drops it</source>
        <translation>Klicken Sie die Ecken an; ein Doppelklick oder die Eingabetaste beendet es, Escape verwirft es</translation>
    </message>
    <message>
        <source>Click where the line ends; Escape drops it</source>
        <translation>Klicken Sie an, wo die Linie endet; Escape verwirft sie</translation>
    </message>
    <message>
        <source>Click where the line begins; Escape drops it</source>
        <translation>Klicken Sie an, wo die Linie beginnt; Escape verwirft sie</translation>
    </message>
</context>
<context>
    <name>ZoneWatcher</name>
    <message>
        <source>{} inside, {} entered</source>
        <translation>{} darin, {} gekommen</translation>
    </message>
    <message>
        <source>Events cannot be sent</source>
        <translation>Ereignisse können nicht gesendet werden</translation>
    </message>
</context>
<context>
    <name>_JournalModel</name>
    <message>
        <source>As it was made</source>
        <translation>Wie sie entstanden ist</translation>
    </message>
</context>
<context>
    <name>_SuggestionDelegate</name>
    <message>
        <source>{kind}, frame {frame}</source>
        <translation>{kind}, Bild {frame}</translation>
    </message>
</context>
</TS>
