#pragma once

/// \file
/// The table of `nicknames.hpp`: a line holds the forms of one name, folded, the full form first. Collected
/// for this project.

#include <string_view>

namespace mortise::host::matching {

inline constexpr std::string_view nickname_table = R"(
abigail abby abbie gail
abraham abe bram ibrahim avraham
adelaide addie adele heidi adelheid
adrian ade adriano hadrian
agnes aggie nessa ines agnieszka
albert al bert bertie alberto albrecht
alexander alex al alec alek sandy sasha sascha xander alejandro alessandro aleksander aleksandr oleksandr iskander lex
alexandra alex sandra sandy sasha lexi alexa alejandra alessandra aleksandra
alfred alf alfie fred freddie alfredo
alice ali alicia alycia lissy
alison ali allie allison
amanda mandy manda
amelia amy millie emelia amalia
andrew andy drew andreas andre andrea andrei andrej andrzej anders andres antero
angela angie angelika angelique
anna ann anne annie nan nancy anya hannah ana annette anita anja anneliese
anthony tony ant antonio anton antoine antoni toni
antonia toni tonia antoinette antonina
archibald archie
arthur art artie arturo artur
augustus gus august auguste agustin
barbara barb babs barbie bobbie basia
bartholomew bart barth bartolome bartosz
beatrice bea trixie beatrix beatriz
benjamin ben benny benji benno
bernard bernie bernhard bernardo bernd
bernadette bernie detta
brenda bren
bridget biddy bridie birgit brigitte britta birgitta
bradley brad
brandon bran
cameron cam
carl karl charles carlos carlo charlie chuck chas karel karol
caroline carrie carol carolyn lina karoline karolina carolina caro
cassandra cass cassie sandra
catherine cathy kate katie kathy kit kitty cat kathryn katherine katharine kathleen cathleen katharina katarina kathrin katrin katja katya caterina catalina ekaterina trina kasia
cecilia cissy celia cecily sissy cecile
charlotte lottie charlie lotte carlotta
christian chris christiaan kristian
christina chris chrissy tina christine kristina kristin kirsten christa christiane kirstin krystyna
christopher chris kit topher kris christoph christophe cristobal cristoforo krzysztof
clara claire clare klara
clarence clancy
clifford cliff
constance connie konstanze
cornelius neil conny kees cornelis
cynthia cindy cyndi
daniel dan danny dani daniil
danielle dani dany daniela
david dave davy davey dawid
deborah deb debbie debra debby
dennis den denny denis
derek derrick
diana di diane dianne
dominic dom nick dominik domingo
donald don donny donnie
dorothy dot dottie dolly dora dorothea dorothee dorota
douglas doug
edmund ed eddie ned ted edmond
edward ed eddie ned ted teddy eduard eduardo edouard
eleanor ellie nell nellie nora lenore elinor leonora eleonore
elizabeth liz lizzie beth betty betsy eliza elsie libby lisa elisabeth elspeth bess bessie elsa else ilse isabel isabella liesel elisa elzbieta lisbeth erzsebet
ellen nell helen elena ella
emily em emmy millie emilia emilie
emma em emmy
eric rick erik erich
ernest ernie ernst ernesto
esther essie hester
eugene gene eugen eugenio evgeni yevgeny
evelyn eve evie
eva eve evie ewa evita
felicity fliss flick
florence flo florrie flora
frances fran frannie fanny francesca franziska francisca franzi
francis frank fran francisco francesco franz francois frans franciszek paco pancho
franklin frank
frederick fred freddie freddy rick fritz frederic friedrich federico fryderyk frederik
gabriel gabe gabi gabriele
gabrielle gabby gabi gabriela gaby
gareth gary gaz
geoffrey geoff jeff jeffrey jeffery
george georg georgie jorge giorgio georges jerzy yuri jurgen joerg jorg jiri
georgina georgie gina georgia
gerald gerry jerry gerard gerhard gert gerd gerardo
gertrude gert trudy trude gertie
giovanni gianni john juan johann
gregory greg gregor grzegorz gregorio
gwendolyn gwen wendy
hannah anna hanna
harold harry hal harald
harriet hattie harry
helen nell nellie lena helena ellen helene elena yelena jelena olena
henrietta etta hetty henriette
henry harry hank hal heinrich henri enrique enrico hendrik henryk heinz heiner
herbert herb bert heribert
hubert bert hugh
hugh hughie hugo
ignatius iggy ignacio ignaz
irene rene irena irina
isaac ike zac izaak
isabella bella izzy isabel isabelle belle isobel izabela ysabel
jacob jake jack jakob jacobo jakub jacques
jacqueline jackie jacqui
james jim jimmy jamie jem jaime jacques diego santiago giacomo iago
jane janie jenny janet jean joan johanna
janet jan jenny
jason jay jase
jasmine jaz yasmin jasmin yasmine
jean jeanne jeannie jeanette joan
jennifer jen jenny jenna
jeremy jerry jez jem
jerome jerry hieronymus
jessica jess jessie
joan joanie joanna
joanna jo joanne joann johanna ioanna
john jack johnny jon jonny johan johann johannes jan juan jean giovanni ivan ian sean hans ioannis joao yahya evan jens jannis hannes yannick
jonathan jon jonny nathan john jonathon johnathan
joseph joe joey jo jose josef giuseppe jozef yusuf youssef pepe sepp beppe yosef iosif
josephine jo josie josefine josefina josefa
joshua josh
judith judy jude jutta judit
julia julie jules juliet giulia juliana julian
julian jules julius julio
karen kaz karin carin
katharina kathi kati
kenneth ken kenny
kevin kev
kimberly kim kimberley
laurence larry laurie lawrence lorenz lorenzo laurent lars
laura laurie lori lora
leonard len lenny leo leon leonardo lennart leonhard
leopold leo poldi
leslie les lesley
lewis lou lew louis ludwig luis luigi ludovic
lilian lily lil lilly lillian lili
linda lindy lynn
louise lou lulu luise louisa luisa
lucas luke luca lukas luc
lucy lucille lucia luzia luz lucie
lydia lyddie
madeline maddie maddy madeleine magdalena lena magda madelyn madison
malcolm mal malc
marcus marc mark marco markus marek marcos
margaret maggie meg peg peggy marge margie margot greta rita daisy margarita margarete margarethe grete marguerite madge malgorzata gosia margherita
maria mary marie mia molly polly maureen miriam mariam maryam marija mariya masha marica
marianne mary ann marian mariana
martin marty martyn martino marcin
martha marty mattie marta
matilda tilly mattie mathilda mathilde tilda
matthew matt matty mathew matthias matteo mateo mathias mathieu matthieu mateusz matthaus
maurice mo moritz mauricio maurizio morris
maximilian max maxim maximillian maxi massimiliano
maxwell max
melanie mel
melissa mel missy lissa
michael mike mick mickey micky mitch mikey michel miguel michele mikhail mikael mihail michal misha mikkel michail
michelle shelly shell chelle michele micheline
mildred millie
miranda mandy randy
mohammed mohamed muhammad mohammad mohamad muhammed mehmet mo mahomet
monica mona monika monique
montgomery monty
morgan mo
nancy nan anne
natalie nat natalia natalya natasha natascha
nathaniel nat nate nathan nathanael
nicholas nick nicky nico niko nicolas nikolaus klaus claus nikolai nicola colin mikolaj nikola niklas nils
nicole nicky nikki nicola nicolette
norman norm
oliver ollie olli olivier
olivia liv livvy ollie
oscar ossie oskar
pamela pam
patricia pat patty tricia trish patti patrizia
patrick pat paddy patrik patricio rick
paul pauly paulo pablo paolo pavel pawel pal
paula paulina pauline polly pavla
penelope penny
percival percy
peter pete petey pedro pietro pierre petr piotr pyotr per petrus piet pieter peder
philip phil pip phillip philipp philippe felipe filippo filip
philippa pip pippa
phoebe fee
phyllis phyl
priscilla cilla prissy
rachel rach rachael raquel rahel
ralph rafe ralf raoul
raymond ray raimund ramon raimondo
rebecca becky becca bec rebekah rebekka
regina gina reggie
reginald reg reggie reinhold reynold
richard rich rick ricky dick richie dickie ricardo riccardo ryszard rik
robert rob bob bobby robbie bert robin roberto rupert ruprecht
roberta bobbie robbie
roderick rod roddy rodrigo
rodney rod
roger rog rodger ruediger rudiger
roland rolly orlando roly rolando
ronald ron ronnie
rosemary rose rosie rosemarie
rose rosie rosa rosalie rosalind
rudolf rudi rudy rudolph rodolfo
russell russ rusty
ruth ruthie
samantha sam sammy
samuel sam sammy
sarah sally sadie sara zara
sebastian seb bastian sebastien basti seba
sharon shaz
sheila shelagh
sidney sid sydney
simon si simeon simone
solomon sol solly suleiman salomon
sophia sophie sofia sofie zofia sonya sonja sonia
stanley stan stanislaus stanislav stanislaw
stephanie steph stefanie stephie stefania steffi
stephen steve steven stevie stefan stephan etienne esteban stefano istvan szczepan stepan steffen
stewart stu stuart
susan sue susie suzy susanna suzanne susanne zuzana zuzanna suzanna susana
sylvia silvia syl sylvie
tabitha tabby
terence terry terrence
teresa terry tess tessa theresa therese tracy teresita
thaddeus tad thad tadeusz
theodore ted theo teddy teodor theodor fyodor teodoro
thomas tom tommy tomas tomasz tommaso thom tomek
timothy tim timmy timotheus timo
tobias toby tobi
valentine val valentin
valerie val valeria
vanessa nessa
veronica ronnie vera veronika veronique
victor vic viktor vittorio vitya
victoria vicky tori vicki viktoria vittoria
vincent vin vinny vince vincenzo vicente vincenz
virginia ginny ginger
vivian viv vivien vivienne
wallace wally
walter walt wally wat gualtiero
wilhelmina mina billie willa minna wilma
william bill billy will willie willy liam wilhelm guillermo guillaume guglielmo willem wim vilhelm
winifred winnie freda
yvonne vonnie
zachary zach zack zac zachariah
zoe zoey
ahmed ahmad ahmet
hussein hussain husein hossein
hassan hasan
ali aly
fatima fatma fatimah fatemeh
aisha ayesha aicha ayse
youssef yusuf yousef yosef
abdullah abdallah abdulla
khalid khaled halit
mustafa mostafa moustafa
omar umar omer
ekaterina katya katja yekaterina
dmitri dimitri dima dmitry dmitriy
vladimir vova volodya wladimir volodymyr
sergei serge sergio sergey sergej serhiy
nikolai kolya nikolay mykola
mikhail misha michail mykhailo
alexei alyosha aleksey alexey oleksiy
tatiana tanya tania tatjana tetiana
anastasia nastya stacy anastasiya
svetlana sveta swetlana
olga olya helga olha
jose pepe joe
francisco paco pancho
ignacio nacho
guadalupe lupe
dolores lola
concepcion concha conchita
rosario charo
enrique quique
jesus chuy
gottfried friedel godfrey
heinrich heinz heiner
wolfgang wolf wolfi
siegfried sigi siggi
manfred manni fred
hildegard hilde
waltraud traudl
ulrich uli ulli
ulrike uli rike
sabine bine
susanne susi sanne
kateryna katia
wojciech wojtek adalbert
malgorzata gosia
agnieszka aga
grzegorz grzesiek
)";

} // namespace mortise::host::matching
